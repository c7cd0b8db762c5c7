#include "run_clock.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace code_runner {
namespace {

using namespace std::chrono_literals;
using reason_of_end = stage_end::reason;

run_clock::time_point now() {
    return std::chrono::steady_clock::now();
}

/// The test is not the first process of a container, so its meter sees no group.
class run_clock_test : public testing::Test {
  protected:
    child_reaper reaper_;
    usage_meter usage_{reaper_};
};

TEST_F(run_clock_test, ends_at_its_deadline) {
    EXPECT_EQ(run_clock{now()}.reached_limit(), reason_of_end::time);
    run_clock later{now() + 1h};
    EXPECT_FALSE(later.reached_limit());
    EXPECT_EQ(later.next_check(), later.deadline());
}

TEST_F(run_clock_test, counts_wall_time_from_the_start) {
    const auto started = now();
    EXPECT_EQ((run_clock{started, 1h, {}, usage_}.deadline()), started + 1h);
}

TEST_F(run_clock_test, takes_wall_time_for_processor_time_where_it_sees_no_group) {
    ASSERT_FALSE(usage_.sees_group());
    const auto started = now();
    const interactive_limits limits{.processor_time = 1min, .idle_time = {}};
    EXPECT_EQ((run_clock{started, 1h, limits, usage_}.deadline()), started + 1min);
    EXPECT_EQ((run_clock{started, 1s, limits, usage_}.deadline()), started + 1s);
}

TEST_F(run_clock_test, is_idle_when_there_was_no_traffic) {
    const interactive_limits limits{.processor_time = {}, .idle_time = 1ms};
    run_clock clock{now(), 1h, limits, usage_};
    while (now() < clock.next_check())
        continue;
    EXPECT_EQ(clock.reached_limit(), reason_of_end::idle);
}

TEST_F(run_clock_test, counts_silence_from_the_last_traffic) {
    const interactive_limits limits{.processor_time = {}, .idle_time = 1min};
    run_clock clock{now(), 1h, limits, usage_};
    const auto first = clock.next_check();
    const auto traffic = now();
    clock.note_traffic();
    EXPECT_GE(clock.next_check(), first);
    EXPECT_GE(clock.next_check(), traffic + 1min);
    EXPECT_LE(clock.next_check(), now() + 1min);
    EXPECT_FALSE(clock.reached_limit());
}

TEST_F(run_clock_test, ends_for_its_deadline_before_it_ends_for_silence) {
    const interactive_limits limits{.processor_time = {}, .idle_time = 1ms};
    run_clock clock{now() - 1h, 1min, limits, usage_};
    EXPECT_EQ(clock.reached_limit(), reason_of_end::time);
}

} // namespace
} // namespace code_runner
