#include "async/work_budget.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace docker_run {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using people = std::vector<std::string>;

constexpr auto least_patience = 1ms;

TEST(running_median, is_nothing_before_the_first_and_ignores_what_is_far_off) {
    running_median median;
    EXPECT_EQ(median.value(), 0ns);
    median.note(7ms);
    EXPECT_EQ(median.value(), 7ms);
    for (const auto each : {8ms, 9ms, 40'000ms, 1ms})
        median.note(each);
    EXPECT_EQ(median.value(), 8ms);
}

TEST(running_median, forgets_what_is_long_ago) {
    running_median median;
    for (int i = 0; i < 31; ++i)
        median.note(1s);
    for (int i = 0; i < 16; ++i)
        median.note(5ms);
    EXPECT_EQ(median.value(), 5ms);
}

/// People who work under one budget of two, of whom two may hang; who has got a turn keeps it until the test
/// ends it.
class budget : public testing::Test {
  protected:
    asio::awaitable<void> come(std::string name) {
        auto turn = co_await budget_.acquire(clock::now() + 1h);
        seen_.push_back(name);
        turns_[name] = std::move(turn);
    }

    void arrives(const std::string& name) {
        asio::co_spawn(context_, come(name), asio::detached);
        context_.poll();
    }

    /// Lets handlers run until so many people had their turn, or for ever if they never do.
    void run_until(std::size_t turns) {
        while (seen_.size() < turns)
            context_.run_one();
    }

    /// Lets handlers run for much longer than the patience.
    void run_on() { context_.run_for(50 * least_patience); }

    asio::io_context context_;
    asio::executor_work_guard<asio::io_context::executor_type> open_{context_.get_executor()};
    semaphore permits_{2};
    work_budget budget_{permits_, 2, least_patience};
    std::map<std::string, work_budget::turn> turns_;
    people seen_;
};

TEST_F(budget, lets_the_next_in_when_a_turn_ends) {
    for (const char* name : {"a", "b", "c"})
        arrives(name);
    EXPECT_EQ(seen_, (people{"a", "b"}));
    turns_.erase("a");
    context_.poll();
    EXPECT_EQ(seen_, (people{"a", "b", "c"}));
}

TEST_F(budget, lets_the_next_in_when_a_turn_hangs) {
    for (const char* name : {"a", "b", "c", "d"})
        arrives(name);
    run_until(4);
    EXPECT_EQ(seen_, (people{"a", "b", "c", "d"}));
}

TEST_F(budget, lets_no_more_hang_than_it_may) {
    for (const char* name : {"a", "b", "c", "d", "e"})
        arrives(name);
    run_until(4);
    run_on();
    EXPECT_EQ(seen_.size(), 4U);
    turns_.erase("a");
    run_until(5);
    EXPECT_EQ(seen_.back(), "e");
}

TEST_F(budget, has_all_its_permits_again_when_what_hung_has_ended) {
    for (const char* name : {"a", "b", "c", "d"})
        arrives(name);
    run_until(4);
    turns_.clear();
    run_on();
    seen_.clear();
    for (const char* name : {"e", "f", "g"})
        arrives(name);
    EXPECT_EQ(seen_, (people{"e", "f"}));
}

TEST_F(budget, waits_ten_times_as_long_as_is_usual) {
    arrives("a");
    EXPECT_EQ(budget_.patience(), least_patience);
    std::this_thread::sleep_until(clock::now() + 2ms); // the work itself: no event tells that time has passed
    turns_["a"].complete();
    EXPECT_GE(budget_.patience(), 20ms);
    EXPECT_FALSE(turns_["a"]);
}

TEST_F(budget, does_not_take_what_failed_for_usual) {
    arrives("a");
    turns_.erase("a");
    EXPECT_EQ(budget_.patience(), least_patience);
}

} // namespace
} // namespace docker_run
