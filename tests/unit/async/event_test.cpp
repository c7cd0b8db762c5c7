#include "async/event.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace docker_run {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using results = std::vector<bool>;

/// Coroutines that wait for one event, and what each of them learned, in the order of their return.
class an_event : public testing::Test {
  protected:
    asio::awaitable<void> wait(clock::time_point deadline) {
        const bool happened = co_await event_->wait(deadline);
        results_.push_back(happened);
    }

    void one_waits(clock::time_point deadline = clock::now() + 1h) {
        asio::co_spawn(context_, wait(deadline), asio::detached);
        context_.poll();
    }

    void one_waits_until(asio::cancellation_signal& cancel) {
        asio::co_spawn(context_, wait(clock::now() + 1h),
                       asio::bind_cancellation_slot(cancel.slot(), asio::detached));
        context_.poll();
    }

    asio::io_context context_;
    asio::executor_work_guard<asio::io_context::executor_type> open_{context_.get_executor()};
    std::unique_ptr<event> event_ = std::make_unique<event>();
    results results_;
};

TEST_F(an_event, wakes_all_who_wait_for_it) {
    one_waits();
    one_waits();
    EXPECT_EQ(results_, results{});
    event_->set();
    context_.poll();
    EXPECT_EQ(results_, (results{true, true}));
}

TEST_F(an_event, that_has_happened_holds_nobody) {
    event_->set();
    EXPECT_TRUE(event_->is_set());
    one_waits();
    one_waits();
    EXPECT_EQ(results_, (results{true, true}));
}

TEST_F(an_event, may_happen_twice) {
    event_->set();
    event_->set();
    one_waits();
    EXPECT_EQ(results_, results{true});
}

TEST_F(an_event, is_waited_for_until_the_deadline_only) {
    one_waits(clock::now());
    const auto patience = clock::now() + 10s;
    while (results_.empty() && clock::now() < patience)
        context_.run_one_for(1s);
    EXPECT_EQ(results_, results{false});
    event_->set();
    context_.poll();
    EXPECT_EQ(results_, results{false});
}

TEST_F(an_event, that_is_reset_is_waited_for_again) {
    event_->set();
    event_->reset();
    EXPECT_FALSE(event_->is_set());
    one_waits();
    EXPECT_EQ(results_, results{});
    event_->set();
    context_.poll();
    EXPECT_EQ(results_, results{true});
}

TEST_F(an_event, is_not_hidden_by_a_reset_from_those_who_waited_for_it) {
    one_waits();
    event_->set();
    event_->reset();
    context_.poll();
    EXPECT_EQ(results_, results{true});
}

TEST_F(an_event, lets_go_who_is_cancelled) {
    asio::cancellation_signal cancel;
    one_waits_until(cancel);
    one_waits();
    cancel.emit(asio::cancellation_type::terminal);
    context_.poll();
    EXPECT_EQ(results_, results{false});
    event_->set();
    context_.poll();
    EXPECT_EQ(results_, (results{false, true}));
}

TEST_F(an_event, is_not_used_up_by_somebody_who_is_cancelled_in_the_same_moment) {
    asio::cancellation_signal cancel;
    one_waits_until(cancel);
    event_->set(); // who waits has not been resumed yet
    cancel.emit(asio::cancellation_type::terminal);
    context_.poll();
    EXPECT_EQ(results_.size(), 1U);
    one_waits();
    EXPECT_EQ(results_.size(), 2U);
    EXPECT_TRUE(results_.back());
}

TEST_F(an_event, that_has_happened_keeps_nobody_else_from_running) {
    event_->set();
    bool others_ran = false;
    int rounds = 0;
    const auto loop = [&]() -> asio::awaitable<void> {
        while (!others_ran && ++rounds < 1000)
            co_await event_->wait(clock::now() + 1h);
    };
    asio::co_spawn(context_, loop, asio::detached);
    asio::post(context_, [&others_ran] { others_ran = true; });
    context_.poll();
    EXPECT_TRUE(others_ran);
    EXPECT_LT(rounds, 1000);
}

TEST_F(an_event, may_be_gone_before_those_who_are_never_resumed) {
    one_waits();
    event_.reset();
    EXPECT_EQ(results_, results{});
}

TEST(event_threads, each_coroutine_goes_on_on_its_own_executor) {
    asio::io_context context;
    event start;
    std::optional<bool> on_own_executor;
    const auto wait = [&]() -> asio::awaitable<void> {
        co_await start.wait(clock::now() + 1h);
        on_own_executor = context.get_executor().running_in_this_thread();
    };
    asio::co_spawn(context, wait, asio::detached);
    context.poll();
    std::jthread([&start] { start.set(); }).join();
    EXPECT_FALSE(on_own_executor);
    context.run();
    EXPECT_EQ(on_own_executor, true);
}

TEST(event_threads, nobody_misses_an_event_while_others_come_and_it_happens) {
    constexpr int visitors = 200;
    asio::io_context context;
    event start;
    std::atomic<int> successes = 0;
    const auto visit = [&]() -> asio::awaitable<void> {
        const bool happened = co_await start.wait(clock::now() + 1h);
        successes += happened ? 1 : 0;
    };
    for (int i = 0; i < visitors; ++i) {
        asio::co_spawn(asio::make_strand(context), visit, asio::detached);
        if (i == visitors / 2)
            asio::post(context, [&start] { start.set(); });
    }
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&context] { context.run(); });
    }
    EXPECT_EQ(successes, visitors);
}

} // namespace
} // namespace docker_run
