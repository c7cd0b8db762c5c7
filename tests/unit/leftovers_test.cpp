#include "leftovers.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace docker_run {
namespace {

using namespace std::chrono_literals;
using names = std::vector<std::string>;

/// A watch of the instance "ours", on two clocks that the test owns.
class leftovers : public testing::Test {
  protected:
    docker::container_summary container(const std::string& name, const std::string& instance,
                                        std::int64_t deadline, std::int64_t ttl) {
        docker::container_summary made;
        made.id = "id-" + name;
        made.name = name;
        made.labels = {{label::instance, instance},
                       {label::deadline, std::to_string(deadline)},
                       {label::ttl, std::to_string(ttl)}};
        return made;
    }

    names look(const std::vector<docker::container_summary>& found) {
        return watch_.leftovers(found, "ours", known_, std::chrono::system_clock::time_point(wall_),
                                std::chrono::steady_clock::time_point(steady_));
    }

    void pass(std::chrono::seconds time) {
        wall_ += time;
        steady_ += time;
    }

    overdue_watch watch_;
    std::set<std::string> known_;
    std::chrono::seconds wall_ = 1'000'000s;
    std::chrono::seconds steady_ = 50s;
};

TEST_F(leftovers, of_our_own_is_what_we_do_not_know) {
    known_ = {"running"};
    EXPECT_EQ(look({container("running", "ours", 0, 0), container("orphan", "ours", 2'000'000, 60)}),
              names{"orphan"});
}

TEST_F(leftovers, D13_of_another_daemon_is_nothing_before_its_deadline) {
    const auto theirs = container("theirs", "other", 1'000'100, 60);
    EXPECT_EQ(look({theirs}), names{});
    pass(99s);
    EXPECT_EQ(look({theirs}), names{});
    pass(1s);
    EXPECT_EQ(look({theirs}), names{"theirs"});
}

TEST_F(leftovers, D15_a_clock_that_is_stepped_forward_sweeps_nobody) {
    const auto theirs = container("theirs", "other", 1'000'100, 60);
    EXPECT_EQ(look({theirs}), names{});
    wall_ += 3600s;
    EXPECT_EQ(look({theirs}), names{});
    steady_ += 59s;
    EXPECT_EQ(look({theirs}), names{});
    steady_ += 1s;
    EXPECT_EQ(look({theirs}), names{"theirs"});
}

TEST_F(leftovers, D15_a_clock_that_is_stepped_back_only_delays_the_sweep) {
    const auto theirs = container("theirs", "other", 1'000'100, 60);
    look({theirs});
    pass(100s);
    wall_ -= 3600s;
    EXPECT_EQ(look({theirs}), names{});
    wall_ += 3600s;
    EXPECT_EQ(look({theirs}), names{"theirs"});
}

TEST_F(leftovers, a_container_that_comes_back_is_timed_afresh) {
    const auto theirs = container("theirs", "other", 1'000'000, 60);
    look({theirs});
    pass(59s);
    look({});
    pass(1s);
    EXPECT_EQ(look({theirs}), names{});
}

TEST_F(leftovers, what_is_to_be_kept_is_kept) {
    auto kept = container("kept", "ours", 0, 0);
    kept.labels[label::keep] = "true";
    EXPECT_EQ(look({kept}), names{});
}

TEST_F(leftovers, labels_that_are_no_numbers_never_make_overdue) {
    for (const char* text : {"", "-1", "1e3", "99999999999999999999", " 5", "5 "}) {
        auto odd = container("odd", "other", 0, 0);
        odd.labels[label::deadline] = text;
        EXPECT_EQ(look({odd}), names{}) << text;
    }
}

TEST_F(leftovers, a_container_without_a_name_goes_by_its_id) {
    auto nameless = container("", "ours", 0, 0);
    EXPECT_EQ(look({nameless}), names{"id-"});
}

} // namespace
} // namespace docker_run
