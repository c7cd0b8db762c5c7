#include "pool/pool_policy.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace docker_run {
namespace {

using counts = std::vector<std::size_t>;

constexpr std::int64_t mib = 1024 * 1024;
constexpr pool_caps caps{.per_image = 8, .total = 12, .memory = 60 * mib, .idle_seconds = 600};

image_demand demand(double rate = 0, double peak = 1, double idle = 0) {
    return {.arrivals_per_second = rate,
            .peak = peak,
            .refill_seconds = 0.2,
            .idle_seconds = idle,
            .prewarmed = false,
            .idle_memory = 3 * mib};
}

TEST(pool_policy, keeps_one_after_a_first_run) {
    EXPECT_EQ(target_count(demand(), caps), 1U);
}

TEST(pool_policy, keeps_what_arrives_during_a_refill_and_one) {
    EXPECT_EQ(target_count(demand(5), caps), 2U);
    EXPECT_EQ(target_count(demand(10), caps), 3U);
    EXPECT_EQ(target_count(demand(11), caps), 4U);
}

TEST(pool_policy, keeps_a_burst_as_it_was_seen) {
    EXPECT_EQ(target_count(demand(1, 6), caps), 6U);
}

TEST(pool_policy, never_passes_the_cap_of_an_image) {
    EXPECT_EQ(target_count(demand(35), caps), 8U);
    EXPECT_EQ(target_count(demand(1e9, 1e9), caps), 8U);
}

TEST(pool_policy, keeps_nothing_of_an_image_that_nobody_asks_for) {
    EXPECT_EQ(target_count(demand(0, 1, 599.9), caps), 1U);
    EXPECT_EQ(target_count(demand(0, 1, 600), caps), 0U);
}

TEST(pool_policy, keeps_one_of_a_prewarmed_image_for_ever) {
    auto listed = demand(0, 0, 1e6);
    listed.prewarmed = true;
    EXPECT_EQ(target_count(listed, caps), 1U);
}

TEST(pool_policy, shares_out_what_is_wanted_while_there_is_room) {
    EXPECT_EQ(share_out({demand(0, 2), demand(0, 3)}, caps), (counts{2, 3}));
    EXPECT_EQ(share_out({}, caps), counts{});
}

TEST(pool_policy, gives_each_its_first_before_any_its_second) {
    EXPECT_EQ(share_out({demand(0, 8), demand(0, 8), demand(0, 1)}, caps), (counts{6, 5, 1}));
}

TEST(pool_policy, prefers_what_was_asked_for_last) {
    const pool_caps two{.per_image = 8, .total = 2, .memory = 60 * mib, .idle_seconds = 600};
    EXPECT_EQ(share_out({demand(0, 1, 30), demand(0, 1, 10), demand(0, 1, 20)}, two), (counts{0, 1, 1}));
}

TEST(pool_policy, never_passes_the_memory_budget) {
    auto heavy = demand(0, 8);
    heavy.idle_memory = 50 * mib;
    EXPECT_EQ(share_out({heavy, demand(0, 8)}, caps), (counts{1, 3}));
    heavy.idle_memory = 61 * mib;
    EXPECT_EQ(share_out({heavy}, caps), counts{0});
}

refill_need need(std::size_t present, std::size_t target, double idle = 0) {
    return {.present = present, .target = target, .idle_seconds = idle};
}

TEST(refills, go_to_whoever_has_none_before_a_busy_image_gets_its_next) {
    EXPECT_EQ(next_refills({need(1, 8, 0), need(0, 1, 60)}, 2), (counts{1, 0}));
    EXPECT_EQ(next_refills({need(0, 8, 0), need(0, 8, 60)}, 2), (counts{0, 1}));
}

TEST(refills, of_those_that_have_as_few_go_to_the_last_used_first) {
    EXPECT_EQ(next_refills({need(0, 1, 30), need(0, 1, 10), need(0, 1, 20)}, 8), (counts{1, 2, 0}));
}

TEST(refills, are_dealt_out_in_turn) {
    EXPECT_EQ(next_refills({need(0, 3), need(1, 3, 5)}, 8), (counts{0, 0, 1, 0, 1}));
}

TEST(refills, are_no_more_than_may_be_under_way_and_than_are_wanted) {
    EXPECT_EQ(next_refills({need(0, 8)}, 2), (counts{0, 0}));
    EXPECT_EQ(next_refills({need(0, 1), need(5, 3)}, 8), counts{0});
    EXPECT_EQ(next_refills({need(0, 8)}, 0), counts{});
    EXPECT_EQ(next_refills({}, 8), counts{});
}

TEST(waiting_time, is_never_longer_than_the_labels_of_a_container_say) {
    using namespace std::chrono_literals;
    for (const auto max_age : {1s, 3600s, 86'400s}) {
        for (std::size_t number = 0; number < 100; ++number) {
            EXPECT_GE(waiting_time(max_age, number), max_age * 8 / 10) << number;
            EXPECT_LE(waiting_time(max_age, number), max_age) << number;
        }
    }
    EXPECT_NE(waiting_time(3600s, 0), waiting_time(3600s, 1));
}

TEST(arrival_statistics, a_steady_stream_settles_at_its_rate) {
    arrival_statistics seen;
    arrival_statistics::time_point now{};
    for (int i = 0; i < 1000; ++i, now += std::chrono::milliseconds(100))
        seen.note(now, 0.15);
    EXPECT_NEAR(seen.rate(now), 10, 1);
    EXPECT_NEAR(seen.peak(now), 2, 0.1);
}

TEST(arrival_statistics, a_burst_is_remembered_and_then_forgotten) {
    arrival_statistics seen;
    arrival_statistics::time_point now{};
    for (int i = 0; i < 8; ++i)
        seen.note(now, 0.2);
    EXPECT_DOUBLE_EQ(seen.peak(now), 8);
    EXPECT_GT(seen.peak(now + std::chrono::seconds(10)), 7);
    EXPECT_LT(seen.peak(now + std::chrono::seconds(600)), 1);
    EXPECT_LT(seen.rate(now + std::chrono::seconds(60)), 0.01);
}

} // namespace
} // namespace docker_run
