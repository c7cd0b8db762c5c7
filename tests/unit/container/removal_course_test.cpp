#include "container/removal_course.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace docker_run {
namespace {

using namespace std::chrono_literals;
using enum removal_outcome;

/// One removal, on a clock that the test owns.
class course : public testing::Test {
  protected:
    std::optional<std::chrono::milliseconds> after(removal_outcome outcome) {
        removal_.begin(now_);
        return removal_.next(outcome, now_);
    }

    removal_course::time_point now_{1000s};
    removal_course removal_{false};
};

class late_course : public course {
  protected:
    late_course() { removal_ = removal_course(true); }
};

TEST_F(course, ends_when_the_container_is_gone) {
    EXPECT_EQ(after(failed), 100ms);
    EXPECT_EQ(after(gone), std::nullopt);
}

TEST_F(course, ends_when_nobody_knows_the_container) {
    EXPECT_EQ(after(absent), std::nullopt);
}

TEST_F(course, pauses_longer_each_time_and_five_seconds_at_most) {
    for (const auto pause : {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5000ms, 5000ms})
        EXPECT_EQ(after(failed), pause);
}

TEST_F(course, asks_again_until_a_removal_in_progress_is_done) {
    EXPECT_EQ(after(in_progress), 100ms);
    EXPECT_EQ(after(in_progress), 200ms);
    EXPECT_EQ(after(absent), std::nullopt);
}

TEST_F(course, is_stuck_a_minute_after_its_first_attempt_began) {
    EXPECT_EQ(removal_.stuck_from(), removal_course::time_point::max());
    after(failed);
    const auto first = now_;
    for (const auto outcome : {in_progress, failed, failed}) {
        now_ += 10s;
        after(outcome);
        EXPECT_EQ(removal_.stuck_from(), first + 60s);
    }
}

TEST_F(course, is_not_stuck_while_the_engine_is_away) {
    after(failed);
    now_ += 50s;
    after(unreachable);
    EXPECT_EQ(removal_.stuck_from(), removal_course::time_point::max());
    now_ += 3600s;
    after(failed);
    EXPECT_EQ(removal_.stuck_from(), now_ + 60s);
}

TEST_F(course, is_tried_seldom_once_it_is_stuck) {
    after(failed);
    removal_.slow_down();
    EXPECT_EQ(after(failed), 15s);
    EXPECT_EQ(after(in_progress), 15s);
    EXPECT_EQ(after(gone), std::nullopt);
}

TEST_F(late_course, watches_a_name_for_fifteen_seconds_from_the_first_answer_on) {
    EXPECT_EQ(after(unreachable), 100ms);
    now_ += 100s;
    EXPECT_FALSE(removal_.is_absent());
    EXPECT_EQ(after(absent), 200ms);
    EXPECT_TRUE(removal_.is_absent());
    now_ += 14s;
    EXPECT_EQ(after(absent), 400ms);
    now_ += 1s;
    EXPECT_EQ(after(absent), std::nullopt);
}

TEST_F(late_course, asks_once_a_second_for_a_name) {
    for (const auto pause : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms})
        EXPECT_EQ(after(absent), pause);
}

TEST_F(late_course, is_never_stuck_for_a_container_that_does_not_exist) {
    after(absent);
    EXPECT_EQ(removal_.stuck_from(), removal_course::time_point::max());
}

TEST_F(late_course, ends_when_the_container_has_appeared_and_gone) {
    after(absent);
    EXPECT_EQ(after(gone), std::nullopt);
}

TEST_F(late_course, does_not_give_up_a_container_that_has_appeared) {
    after(absent);
    now_ += 1s;
    after(in_progress);
    now_ += 100s;
    EXPECT_NE(after(failed), std::nullopt);
    EXPECT_EQ(after(absent), std::nullopt);
}

} // namespace
} // namespace docker_run
