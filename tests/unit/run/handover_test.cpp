#include "run/handover.hpp"

#include <gtest/gtest.h>

namespace docker_run {
namespace {

using namespace std::chrono_literals;

class a_container_that_ended : public testing::Test {
  protected:
    /// Whether it counts as ended before the payload, if it ended `end` after that, by the engine's report.
    [[nodiscard]] bool before(std::chrono::milliseconds end) const {
        docker::container_state state;
        state.finished_at = given.wall_time + end;
        return had_ended_before(given, looked, state);
    }

    handover given = handover::now();
    handover looked{given.wall_time + 20ms, given.steady_time + 20ms};
};

TEST_F(a_container_that_ended, before_its_payload_may_be_replaced) {
    EXPECT_TRUE(before(-1h));
    EXPECT_TRUE(before(-2ms));
}

TEST_F(a_container_that_ended, at_the_time_of_its_payload_or_later_may_have_seen_it) {
    EXPECT_FALSE(before(-1ms)) << "within the precision of the engine's clock";
    EXPECT_FALSE(before(0ms));
    EXPECT_FALSE(before(10ms));
}

TEST_F(a_container_that_ended, at_an_unknown_time_may_have_seen_its_payload) {
    EXPECT_FALSE(had_ended_before(given, looked, std::nullopt));
    EXPECT_FALSE(had_ended_before(given, looked, docker::container_state{}));
}

TEST_F(a_container_that_ended, while_the_wall_clock_was_set_may_have_seen_its_payload) {
    for (const std::chrono::milliseconds step : {-3'600'000ms, -1ms, 1ms, 3'600'000ms}) {
        auto after = looked;
        after.wall_time += step;
        docker::container_state state;
        state.finished_at = given.wall_time - 1min;
        EXPECT_FALSE(had_ended_before(given, after, state)) << step.count();
    }
}

} // namespace
} // namespace docker_run
