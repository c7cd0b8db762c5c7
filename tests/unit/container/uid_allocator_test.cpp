#include "container/uid_allocator.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

namespace docker_run {
namespace {

TEST(uid_allocator, gives_each_user_to_one_at_a_time_and_says_when_none_is_free) {
    uid_allocator users;
    const uid_range range{20, 22};
    std::vector<uid_allocator::lease> held;
    std::set<std::uint32_t> seen;
    for (int i = 0; i < 3; ++i) {
        held.push_back(users.take(range));
        seen.insert(held.back().uid());
    }
    EXPECT_EQ(seen, (std::set<std::uint32_t>{20, 21, 22}));
    EXPECT_FALSE(users.take(range));
    held.erase(held.begin() + 1);
    EXPECT_EQ(users.take(range).uid(), 21U);
}

TEST(uid_allocator, lets_a_user_rest_as_long_as_the_range_has_others) {
    uid_allocator users;
    for (const std::uint32_t expected : {20U, 21U, 22U, 20U})
        EXPECT_EQ(users.take({20, 22}).uid(), expected);
}

TEST(uid_allocator, does_not_hand_out_what_containers_of_others_have) {
    uid_allocator users;
    EXPECT_FALSE(users.informed());
    users.avoid({20, 22});
    EXPECT_TRUE(users.informed());
    const auto only = users.take({20, 22});
    EXPECT_EQ(only.uid(), 21U);
    EXPECT_FALSE(users.take({20, 22}));
    users.avoid({});
    EXPECT_EQ(users.take({20, 22}).uid(), 22U);
}

TEST(uid_allocator, a_lease_that_was_moved_is_given_back_once) {
    uid_allocator users;
    {
        auto first = users.take({20, 20});
        uid_allocator::lease second;
        second = std::move(first);
        EXPECT_EQ(second.uid(), 20U);
        EXPECT_FALSE(users.take({20, 20}));
    }
    EXPECT_TRUE(users.take({20, 20}));
}

TEST(uid_allocator, serves_several_ranges_without_giving_a_user_of_both_twice) {
    uid_allocator users;
    const auto one = users.take({20, 20});
    const auto other = users.take({20, 21});
    EXPECT_EQ(other.uid(), 21U);
}

TEST(uid_allocator, holds_when_threads_take_and_give_back_at_the_same_time) {
    uid_allocator users;
    const auto work = [&users] {
        for (int i = 0; i < 2'000; ++i)
            EXPECT_TRUE(users.take({1, 4}));
    };
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back(work);
}

} // namespace
} // namespace docker_run
