#include "async/semaphore.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace docker_run {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using urgency = semaphore::urgency;

/// People who come to one semaphore, and the order in which they are let in.
class semaphore_line : public testing::Test {
  protected:
    explicit semaphore_line(std::size_t permits = 1, std::size_t kept_from_idle = 0)
        : semaphore_(permits, kept_from_idle) {}

    asio::awaitable<void> come(std::string name, urgency how, clock::time_point deadline) {
        auto permit = co_await semaphore_.acquire(deadline, how);
        seen_.push_back(permit ? name : name + " gave up");
        if (permit)
            held_.push_back(std::move(permit));
    }

    void arrives(const std::string& name, urgency how = urgency::normal,
                 clock::time_point deadline = clock::now() + 1h) {
        asio::co_spawn(context_, come(name, how, deadline), asio::detached);
        context_.poll();
    }

    void one_leaves() {
        held_.erase(held_.begin());
        context_.poll();
    }

    asio::io_context context_;
    asio::executor_work_guard<asio::io_context::executor_type> open_{context_.get_executor()};
    semaphore semaphore_;
    std::vector<semaphore::permit> held_;
    std::vector<std::string> seen_;
};

using people = std::vector<std::string>;

TEST_F(semaphore_line, lets_in_as_many_as_there_are_permits) {
    arrives("a");
    arrives("b");
    EXPECT_EQ(seen_, people{"a"});
    one_leaves();
    EXPECT_EQ(seen_, (people{"a", "b"}));
}

TEST_F(semaphore_line, serves_in_the_order_of_arrival) {
    for (const char* name : {"a", "b", "c", "d"})
        arrives(name);
    for (int i = 0; i < 3; ++i)
        one_leaves();
    EXPECT_EQ(seen_, (people{"a", "b", "c", "d"}));
}

TEST_F(semaphore_line, serves_urgent_ones_first) {
    arrives("a");
    arrives("refill");
    arrives("run", urgency::urgent);
    one_leaves();
    one_leaves();
    EXPECT_EQ(seen_, (people{"a", "run", "refill"}));
}

TEST_F(semaphore_line, lets_go_whose_patience_ends) {
    arrives("a");
    arrives("b", urgency::normal, clock::now());
    context_.run_one_for(1s);
    EXPECT_EQ(seen_, (people{"a", "b gave up"}));
    one_leaves();
    arrives("c");
    EXPECT_EQ(seen_.back(), "c");
}

TEST_F(semaphore_line, sends_everybody_away_when_it_closes) {
    arrives("a");
    arrives("b");
    semaphore_.close();
    context_.poll();
    arrives("c");
    EXPECT_EQ(seen_, (people{"a", "b gave up", "c gave up"}));
}

TEST_F(semaphore_line, forgets_a_waiter_that_is_cancelled) {
    arrives("a");
    asio::cancellation_signal leave;
    asio::co_spawn(context_, come("b", urgency::normal, clock::now() + 1h),
                   asio::bind_cancellation_slot(leave.slot(), asio::detached));
    context_.poll();
    leave.emit(asio::cancellation_type::terminal);
    context_.poll();
    one_leaves();
    arrives("c");
    EXPECT_EQ(seen_.back(), "c");
}

TEST_F(semaphore_line, gives_back_a_permit_that_was_granted_to_somebody_who_left_in_the_same_moment) {
    arrives("a");
    asio::cancellation_signal leave;
    asio::co_spawn(context_, come("b", urgency::normal, clock::now() + 1h),
                   asio::bind_cancellation_slot(leave.slot(), asio::detached));
    context_.poll();
    held_.clear(); // grants to b, who has not been resumed yet
    leave.emit(asio::cancellation_type::terminal);
    context_.poll();
    held_.clear();
    arrives("c");
    EXPECT_EQ(seen_.back(), "c");
}

/// Four permits, two of which are kept from idle ones.
class semaphore_with_idle_ones : public semaphore_line {
  protected:
    semaphore_with_idle_ones() : semaphore_line(4, 2) {}
};

TEST_F(semaphore_with_idle_ones, lets_in_an_idle_one_only_while_more_permits_are_free_than_are_kept) {
    for (const char* name : {"refill 1", "refill 2", "refill 3"})
        arrives(name, urgency::idle);
    EXPECT_EQ(seen_, (people{"refill 1", "refill 2"}));
    arrives("run 1", urgency::urgent);
    arrives("run 2", urgency::urgent);
    one_leaves(); // three permits are taken
    EXPECT_EQ(seen_.size(), 4U);
    one_leaves();
    one_leaves();
    EXPECT_EQ(seen_.back(), "refill 3");
}

TEST_F(semaphore_with_idle_ones, serves_idle_ones_last) {
    for (const char* name : {"a", "b", "c", "d"})
        arrives(name);
    arrives("refill", urgency::idle);
    arrives("removal");
    arrives("run", urgency::urgent);
    for (int i = 0; i < 5; ++i)
        one_leaves();
    EXPECT_EQ(seen_, (people{"a", "b", "c", "d", "run", "removal", "refill"}));
}

TEST_F(semaphore_with_idle_ones, lets_in_one_that_needs_rest_only_while_nobody_holds_a_permit) {
    arrives("run");
    arrives("crowded refill", urgency::at_rest);
    arrives("refill", urgency::idle);
    EXPECT_EQ(seen_, (people{"run", "refill"}));
    one_leaves();
    EXPECT_EQ(seen_.size(), 2U);
    one_leaves();
    EXPECT_EQ(seen_.back(), "crowded refill");
}

TEST(semaphore_threads, never_lets_in_more_than_it_has_permits) {
    constexpr int permits = 3;
    constexpr int visitors = 200;
    asio::io_context context;
    semaphore gate(permits);
    std::atomic<int> inside = 0;
    std::atomic<int> most = 0;
    std::atomic<int> visits = 0;
    const auto visit = [&]() -> asio::awaitable<void> {
        const auto permit = co_await gate.acquire(clock::now() + 1h);
        most = std::max(most.load(), ++inside);
        ++visits;
        --inside;
    };
    for (int i = 0; i < visitors; ++i)
        asio::co_spawn(asio::make_strand(context), visit, asio::detached);
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&context] { context.run(); });
    }
    EXPECT_EQ(visits, visitors);
    EXPECT_LE(most, permits);
}

} // namespace
} // namespace docker_run
