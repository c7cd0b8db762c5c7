#include "admission/share_policy.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace docker_run {
namespace {

/// Runs that wait, are started and end, by the first letter of their callers' names.
class share_policy_test : public testing::Test {
  protected:
    void list(const std::string& name, caller_share share) {
        listed_[name] = share;
        policy_.apply(listed_);
    }

    bool arrive(const std::string& name, std::size_t runs = 1) {
        for (; runs > 0; --runs) {
            caller who;
            who.name = name;
            auto* owner = policy_.enter(who);
            if (!owner)
                return false;
            policy_.wait(*owner, ++last_ticket_);
        }
        return true;
    }

    /// Starts `runs` of them, as if so many workers were free.
    std::string start(std::size_t runs) {
        std::string order;
        for (; runs > 0; --runs) {
            const auto next = policy_.start_next();
            if (!next)
                break;
            order += next->owner->name;
        }
        return order;
    }

    void end(const std::string& names) {
        for (const char name : names) {
            auto* owner = share(std::string(1, name));
            policy_.end(*owner);
            policy_.leave(*owner);
        }
    }

    /// One worker: the next run starts when the last one has ended.
    std::string start_one_by_one(std::size_t runs) {
        std::string order;
        for (; runs > 0; --runs) {
            const auto name = start(1);
            end(name);
            order += name;
        }
        return order;
    }

    share_policy::share* share(const std::string& name) {
        const auto& all = policy_.shares();
        const auto found = all.find(name);
        return found == all.end() ? nullptr : const_cast<share_policy::share*>(&found->second);
    }

    share_policy policy_;
    std::map<std::string, caller_share> listed_;
    share_policy::ticket last_ticket_ = 0;
};

TEST_F(share_policy_test, serves_one_name_first_come_first_served) {
    caller nobody;
    auto* owner = policy_.enter(nobody);
    for (const share_policy::ticket each : {1U, 2U, 3U})
        policy_.wait(*owner, each);
    for (const share_policy::ticket each : {1U, 2U, 3U})
        EXPECT_EQ(policy_.start_next()->number, each);
    EXPECT_FALSE(policy_.start_next());
}

TEST_F(share_policy_test, starts_a_name_with_nothing_in_service_next_however_many_others_wait) {
    arrive("a", 100);
    EXPECT_EQ(start(4), "aaaa");
    arrive("b");
    end("a");
    EXPECT_EQ(start(1), "b");
}

TEST_F(share_policy_test, starts_one_run_of_another_name_at_most_in_front_of_a_new_one_with_one_worker) {
    arrive("a", 100);
    EXPECT_EQ(start_one_by_one(10), "aaaaaaaaaa");
    arrive("b");
    EXPECT_EQ(start_one_by_one(2).find('b'), 0U);
    for (int i = 0; i < 10; ++i) {
        arrive("b");
        EXPECT_LE(start_one_by_one(2).find('b'), 1U) << "one that comes again as soon as it was served";
    }
}

TEST_F(share_policy_test, takes_turns_between_names_that_all_wait) {
    arrive("a", 6);
    arrive("b", 6);
    arrive("c", 6);
    EXPECT_EQ(start_one_by_one(9), "abcabcabc");
}

TEST_F(share_policy_test, keeps_the_workers_shared_out_evenly) {
    arrive("a", 10);
    arrive("b", 10);
    EXPECT_EQ(start(4), "abab");
    end("aa");
    EXPECT_EQ(start(2), "aa") << "b has two of the four already";
}

TEST_F(share_policy_test, gives_a_name_turns_by_its_weight) {
    list("a", {.weight = 3});
    list("b", {.weight = 1});
    arrive("a", 20);
    arrive("b", 20);
    EXPECT_EQ(start(8), "abaaabaa");
    end("abaaabaa");
    const auto order = start_one_by_one(12);
    EXPECT_EQ(std::ranges::count(order, 'a'), 9);
}

TEST_F(share_policy_test, starts_no_more_runs_of_a_name_than_it_may_have_and_leaves_the_rest_to_others) {
    list("a", {.runs = 2, .queue = 10});
    list("b", {});
    arrive("a", 10);
    EXPECT_EQ(start(4), "aa");
    arrive("b", 4);
    EXPECT_EQ(start(4), "bbbb") << "a share that is not used may be used by others";
    end("a");
    EXPECT_EQ(start(4), "a");
}

TEST_F(share_policy_test, takes_as_many_requests_of_a_name_as_may_run_and_wait) {
    list("a", {.runs = 2, .queue = 3});
    EXPECT_TRUE(arrive("a", 5));
    EXPECT_FALSE(arrive("a"));
    EXPECT_TRUE(arrive("b"));
    EXPECT_EQ(start(1), "a");
    EXPECT_FALSE(arrive("a")) << "it runs, and is still there";
    end("a");
    EXPECT_TRUE(arrive("a"));
}

TEST_F(share_policy_test, forgets_a_run_that_leaves_the_line) {
    arrive("a", 3);
    policy_.withdraw(*share("a"), 1);
    EXPECT_EQ(policy_.start_next()->number, 2U);
    policy_.withdraw(*share("a"), 3);
    policy_.withdraw(*share("a"), 3);
    EXPECT_FALSE(policy_.start_next());
}

TEST_F(share_policy_test, pushes_the_latest_run_of_the_name_with_most_places_out_for_a_name_with_fewer) {
    arrive("a", 5);
    arrive("b", 1);
    share("a")->placed = 5;
    share("b")->placed = 3;
    EXPECT_TRUE(policy_.can_push_out_for(*share("b")));
    const auto leaves = policy_.push_out_for(*share("b"));
    ASSERT_TRUE(leaves);
    EXPECT_EQ(leaves->owner, share("a"));
    EXPECT_EQ(leaves->number, 5U);
    EXPECT_EQ(share("a")->line.size(), 4U);
    EXPECT_FALSE(policy_.push_out_for(*share("a")));
    share("a")->placed = 4;
    EXPECT_FALSE(policy_.push_out_for(*share("b"))) << "it would be the other way around then";
    share("a")->limits.weight = 2;
    share("b")->placed = 0;
    EXPECT_TRUE(policy_.push_out_for(*share("b")));
    share("b")->placed = 1;
    EXPECT_FALSE(policy_.push_out_for(*share("b")));
}

TEST_F(share_policy_test, pushes_nobody_out_who_runs) {
    arrive("a", 4);
    share("a")->placed = 4;
    arrive("b");
    policy_.withdraw(*share("b"), 5);
    EXPECT_EQ(start(4), "aaaa");
    EXPECT_FALSE(policy_.can_push_out_for(*share("b")));
}

TEST_F(share_policy_test, saves_up_no_turns_for_a_name_that_was_held_by_its_own_limit) {
    list("a", {.runs = 1, .queue = 100});
    list("b", {});
    arrive("a", 50);
    EXPECT_EQ(start(1), "a");
    arrive("b", 50);
    for (int i = 0; i < 40; ++i) {
        EXPECT_EQ(start(1), "b");
        end("b");
    }
    end("a");
    EXPECT_EQ(start_one_by_one(6), "aababa") << "one turn before the other one's, which were all used";
}

TEST_F(share_policy_test, counts_on_over_a_reload) {
    list("a", {.runs = 1, .queue = 1});
    EXPECT_TRUE(arrive("a", 2));
    EXPECT_EQ(start(2), "a");
    list("a", {.runs = 2, .queue = 1});
    EXPECT_EQ(start(2), "a") << "the new limit holds for who waits already";
    EXPECT_TRUE(arrive("a"));
    EXPECT_FALSE(arrive("a"));
}

TEST_F(share_policy_test, lets_a_name_that_is_listed_no_more_end_under_its_old_share) {
    list("a", {.runs = 1, .queue = 1});
    arrive("a", 2);
    EXPECT_EQ(start(2), "a");
    policy_.apply({});
    EXPECT_EQ(start(1), "");
    end("a");
    EXPECT_EQ(start(1), "a");
    end("a");
    EXPECT_EQ(share("a"), nullptr) << "it was the last";
}

} // namespace
} // namespace docker_run
