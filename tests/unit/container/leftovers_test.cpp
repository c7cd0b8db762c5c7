#include "container/leftovers.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace docker_run {
namespace {

using namespace std::chrono_literals;
using names = std::vector<std::string>;
using phase = docker::container_state::phase;

/// A watch of the instance "ours", on two clocks that the test owns.
class leftovers : public testing::Test {
  protected:
    docker::container_summary container(const std::string& name, const std::string& instance,
                                        std::int64_t deadline, std::int64_t ttl) {
        docker::container_summary summary;
        summary.id = "id-" + name;
        summary.name = name;
        summary.labels = {{label::instance, instance},
                          {label::deadline, std::to_string(deadline)},
                          {label::ttl, std::to_string(ttl)},
                          {label::keep, "false"}};
        return summary;
    }

    /// One of another daemon, which by its labels nobody may touch yet.
    docker::container_summary theirs(phase now) {
        auto summary = container("docker-run-theirs", "other", 2'000'000, 1'000'000);
        summary.now = now;
        return summary;
    }

    names look(const std::vector<docker::container_summary>& listed) {
        return watch_.leftovers(listed, "ours", known_, std::chrono::system_clock::time_point(wall_),
                                std::chrono::steady_clock::time_point(steady_));
    }

    void pass(std::chrono::seconds time) {
        wall_ += time;
        steady_ += time;
    }

    leftover_watch watch_;
    std::set<std::string> known_;
    std::chrono::seconds wall_ = 1'000'000s;
    std::chrono::seconds steady_ = 50s;
};

TEST_F(leftovers, of_our_own_is_what_we_do_not_know) {
    known_ = {"docker-run-a"};
    EXPECT_EQ(
        look({container("docker-run-a", "ours", 0, 0), container("docker-run-b", "ours", 2'000'000, 60)}),
        names{"docker-run-b"});
}

TEST_F(leftovers, of_another_daemon_is_nothing_before_its_deadline) {
    const auto other = container("docker-run-x", "other", 1'000'100, 60);
    EXPECT_EQ(look({other}), names{});
    pass(99s);
    EXPECT_EQ(look({other}), names{});
    pass(1s);
    EXPECT_EQ(look({other}), names{"docker-run-x"});
}

TEST_F(leftovers, a_clock_that_is_stepped_forward_sweeps_nobody) {
    const auto other = container("docker-run-x", "other", 1'000'100, 60);
    EXPECT_EQ(look({other}), names{});
    wall_ += 3600s;
    EXPECT_EQ(look({other}), names{});
    steady_ += 59s;
    EXPECT_EQ(look({other}), names{});
    steady_ += 1s;
    EXPECT_EQ(look({other}), names{"docker-run-x"});
}

TEST_F(leftovers, a_clock_that_is_stepped_back_only_delays_the_sweep) {
    const auto other = container("docker-run-x", "other", 1'000'100, 60);
    look({other});
    pass(100s);
    wall_ -= 3600s;
    EXPECT_EQ(look({other}), names{});
    wall_ += 3600s;
    EXPECT_EQ(look({other}), names{"docker-run-x"});
}

TEST_F(leftovers, a_container_that_comes_back_is_timed_afresh) {
    const auto other = container("docker-run-x", "other", 1'000'000, 60);
    look({other});
    pass(59s);
    look({});
    pass(1s);
    EXPECT_EQ(look({other}), names{});
}

TEST_F(leftovers, a_container_that_is_being_removed_is_not_found_twice) {
    const auto other = container("docker-run-x", "other", 1'000'000, 60);
    look({other});
    pass(60s);
    EXPECT_EQ(look({other}), names{"docker-run-x"});
    known_ = {"docker-run-x"};
    for (int sweep = 0; sweep < 5; ++sweep) {
        pass(10s);
        EXPECT_EQ(look({other}), names{});
    }
    known_ = {};
    EXPECT_EQ(look({other}), names{"docker-run-x"}) << "it was timed while it was known";
}

TEST_F(leftovers, what_is_to_be_kept_is_kept) {
    for (const char* instance : {"ours", "other"}) {
        auto kept = container("docker-run-kept", instance, 0, 0);
        kept.now = phase::exited;
        kept.labels[label::keep] = "true";
        EXPECT_EQ(look({kept}), names{});
        pass(3600s);
        EXPECT_EQ(look({kept}), names{});
    }
}

TEST_F(leftovers, a_container_without_our_name_is_not_ours_whatever_its_labels_say) {
    for (const char* name : {"", "mine", "docker-run", "x-docker-run-1"}) {
        for (const char* instance : {"ours", "other"}) {
            auto inherited = container(name, instance, 0, 0);
            inherited.now = phase::exited;
            EXPECT_EQ(look({inherited}), names{});
            pass(3600s);
            EXPECT_EQ(look({inherited}), names{}) << name;
        }
    }
}

TEST_F(leftovers, labels_that_are_no_numbers_never_make_overdue) {
    for (const char* text : {"", "-1", "1e3", "99999999999999999999", " 5", "5 "}) {
        auto odd = container("docker-run-odd", "other", 0, 0);
        odd.labels[label::deadline] = text;
        EXPECT_EQ(look({odd}), names{}) << text;
    }
}

struct abandoned_case {
    const char* state;
    phase now;
    std::chrono::seconds not_yet;
    std::chrono::seconds left;
};

class abandoned : public leftovers, public testing::WithParamInterface<abandoned_case> {};

TEST_P(abandoned, is_what_another_daemon_has_not_touched_for_so_long) {
    const auto& expected = GetParam();
    const auto other = theirs(expected.now);
    EXPECT_EQ(look({other}), names{});
    pass(expected.not_yet);
    EXPECT_EQ(look({other}), names{});
    pass(expected.left - expected.not_yet);
    const bool ever = expected.left > expected.not_yet;
    EXPECT_EQ(look({other}), ever ? names{"docker-run-theirs"} : names{});
}

TEST_P(abandoned, is_not_what_the_wall_clock_alone_calls_old) {
    const auto other = theirs(GetParam().now);
    look({other});
    wall_ += 900'000s;
    EXPECT_EQ(look({other}), names{});
}

INSTANTIATE_TEST_SUITE_P(leftovers, abandoned,
                         testing::Values(abandoned_case{"ended", phase::exited, 29s, 30s},
                                         abandoned_case{"created", phase::created, 179s, 180s},
                                         abandoned_case{"running", phase::running, 3600s, 3600s}),
                         [](const auto& each) { return each.param.state; });

TEST_F(leftovers, the_time_since_the_end_counts_not_the_time_since_the_first_sight) {
    EXPECT_EQ(look({theirs(phase::running)}), names{});
    pass(3600s);
    EXPECT_EQ(look({theirs(phase::exited)}), names{});
    pass(29s);
    EXPECT_EQ(look({theirs(phase::exited)}), names{});
    pass(1s);
    EXPECT_EQ(look({theirs(phase::exited)}), names{"docker-run-theirs"});
}

TEST_F(leftovers, a_container_that_is_started_late_is_no_leftover) {
    EXPECT_EQ(look({theirs(phase::created)}), names{});
    pass(179s);
    EXPECT_EQ(look({theirs(phase::running)}), names{});
    pass(60s);
    EXPECT_EQ(look({theirs(phase::running)}), names{});
}

TEST_F(leftovers, a_slow_engine_may_take_longer_to_create) {
    watch_ = leftover_watch(1000s);
    look({theirs(phase::created)});
    pass(999s);
    EXPECT_EQ(look({theirs(phase::created)}), names{});
    pass(1s);
    EXPECT_EQ(look({theirs(phase::created)}), names{"docker-run-theirs"});
}

TEST_F(leftovers, an_ended_container_that_we_know_stays_ours) {
    known_ = {"docker-run-theirs"};
    look({theirs(phase::exited)});
    pass(3600s);
    EXPECT_EQ(look({theirs(phase::exited)}), names{});
}

} // namespace
} // namespace docker_run
