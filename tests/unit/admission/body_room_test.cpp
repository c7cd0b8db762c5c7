#include "admission/body_room.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <memory>

namespace docker_run {
namespace {

using namespace std::chrono_literals;

class body_room_test : public testing::Test {
  protected:
    std::shared_ptr<paced_input> body() {
        return std::make_shared<paced_input>(context_.get_executor(), [] {}, now_);
    }
    bool enters(share_policy::share& of, std::shared_ptr<paced_input> body) {
        return room_.enter(of, std::move(body), now_);
    }
    bool enters(share_policy::share& of) { return enters(of, body()); }

    boost::asio::io_context context_;
    paced_input::clock::time_point now_ = paced_input::clock::now();
    body_room room_{3};
    share_policy::share a_;
    share_policy::share b_;
};

TEST_F(body_room_test, is_full_when_all_bodies_of_one_name_come_as_fast_as_they_must) {
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(enters(a_));
    EXPECT_FALSE(enters(a_));
    EXPECT_EQ(a_.bodies, 3U);
    EXPECT_EQ(room_.size(), 3U);
}

TEST_F(body_room_test, lets_the_body_that_is_furthest_behind_give_way_to_a_new_one_of_its_name) {
    const auto quick = body();
    const auto slow = body();
    const auto dead = body();
    for (const auto& each : {quick, dead, slow})
        ASSERT_TRUE(enters(a_, each));
    now_ += 1s;
    quick->received(1'000'000, now_);
    slow->received(1'000, now_);
    EXPECT_TRUE(enters(a_));
    EXPECT_EQ(room_.size(), 3U);
    room_.leave(*dead);
    EXPECT_EQ(room_.size(), 3U) << "it had left";
    room_.leave(*quick);
    room_.leave(*slow);
    EXPECT_EQ(room_.size(), 1U);
    EXPECT_EQ(a_.bodies, 1U);
}

TEST_F(body_room_test, keeps_nobody_out_whose_name_has_less_of_it) {
    const auto dead = body();
    ASSERT_TRUE(enters(a_, dead));
    ASSERT_TRUE(enters(a_));
    ASSERT_TRUE(enters(a_));
    EXPECT_TRUE(enters(b_)) << "however new and quick the others are";
    EXPECT_EQ(a_.bodies, 2U);
    EXPECT_FALSE(enters(b_)) << "it would be the other way around then";
    EXPECT_FALSE(enters(a_));
}

TEST_F(body_room_test, is_shared_out_by_weight) {
    a_.limits.weight = 2;
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(enters(a_));
    EXPECT_TRUE(enters(b_));
    EXPECT_FALSE(enters(b_));
    EXPECT_EQ(a_.bodies, 2U);
}

TEST_F(body_room_test, of_a_body_that_comes_at_its_rate_is_never_late) {
    const auto steady = body();
    for (int i = 0; i < 20; ++i) {
        now_ += 1s;
        EXPECT_GT(steady->due(), now_);
        steady->received(least_input_rate, now_);
    }
    now_ += input_patience;
    EXPECT_LE(steady->due(), now_);
}

TEST_F(body_room_test, of_a_body_that_came_fast_waits_no_longer_than_for_another) {
    const auto stops = body();
    stops->received(100'000'000, now_);
    EXPECT_EQ(stops->due(), now_ + input_patience);
}

} // namespace
} // namespace docker_run
