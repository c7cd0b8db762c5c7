#include "async/task_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace docker_run {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

asio::awaitable<void> wait_for_ever() {
    asio::steady_timer timer(co_await asio::this_coro::executor, clock::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> fail(std::string reason) {
    throw std::runtime_error(reason);
    co_return;
}

class tasks : public testing::Test {
  protected:
    void note(const std::exception_ptr& failure) {
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& error) {
            failures_.emplace_back(error.what());
        }
    }

    asio::awaitable<void> await_end(clock::time_point deadline) {
        const bool ended = co_await group_.wait_until_finished(deadline);
        ends_.push_back(ended);
    }

    void wait_until(clock::time_point deadline) {
        asio::co_spawn(context_, await_end(deadline), asio::detached);
    }

    asio::io_context context_;
    std::vector<std::string> failures_;
    std::vector<bool> ends_;
    task_group group_{context_.get_executor(), [this](const std::exception_ptr& failure) { note(failure); }};
};

TEST_F(tasks, end_when_they_are_cancelled_and_that_is_no_failure) {
    group_.spawn(wait_for_ever());
    group_.spawn(wait_for_ever());
    wait_until(clock::now() + 1h);
    context_.poll();
    EXPECT_EQ(group_.size(), 2U);
    group_.cancel();
    context_.run();
    EXPECT_EQ(ends_, std::vector{true});
    EXPECT_TRUE(failures_.empty());
}

TEST_F(tasks, are_waited_for_until_the_deadline_only) {
    group_.spawn(wait_for_ever());
    wait_until(clock::now());
    context_.run_for(100ms);
    EXPECT_EQ(ends_, std::vector{false});
    group_.cancel();
    context_.run();
}

TEST_F(tasks, that_are_none_are_finished_at_once) {
    wait_until(clock::now() + 1h);
    context_.poll();
    EXPECT_EQ(ends_, std::vector{true});
}

TEST_F(tasks, that_fail_are_heard_of) {
    group_.spawn(fail("broken"));
    context_.run();
    EXPECT_EQ(failures_, std::vector<std::string>{"broken"});
    EXPECT_EQ(group_.size(), 0U);
}

TEST_F(tasks, that_must_go_on_begin_anew_whatever_they_throw_until_they_are_cancelled) {
    int begun = 0;
    group_.keep_running([&begun] { return ++begun == 1 ? fail("broken") : wait_for_ever(); });
    const auto patience = clock::now() + 10s;
    while (begun < 2 && clock::now() < patience)
        context_.run_for(10ms);
    context_.run_for(10ms);
    EXPECT_EQ(begun, 2);
    EXPECT_EQ(failures_, std::vector<std::string>{"broken"});
    group_.cancel();
    context_.run();
    EXPECT_EQ(group_.size(), 0U);
    EXPECT_EQ(failures_.size(), 1U);
}

TEST_F(tasks, that_fail_again_and_again_are_no_busy_loop) {
    int begun = 0;
    group_.keep_running([&begun] {
        ++begun;
        return fail("broken");
    });
    context_.run_for(300ms);
    EXPECT_EQ(begun, 1);
    group_.cancel();
    context_.run();
}

TEST_F(tasks, are_not_started_after_the_cancellation) {
    group_.cancel();
    group_.spawn(fail("started"));
    context_.run();
    EXPECT_TRUE(failures_.empty());
}

} // namespace
} // namespace docker_run
