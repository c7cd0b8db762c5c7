#include "admission/caller.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace docker_run {
namespace {

const std::string id = "sha256:e8" + std::string(62, 'a');

caller bound_to(const std::vector<std::string>& patterns) {
    caller who;
    for (const auto& text : patterns)
        who.images.push_back(image_pattern::parse(text).value());
    return who;
}

TEST(caller_test, may_run_every_image_where_no_pattern_is_given) {
    EXPECT_TRUE(caller().may_run("x"));
    EXPECT_TRUE(caller().may_run(id, {id}));
}

TEST(caller_test, may_run_what_one_of_its_patterns_matches) {
    const auto who = bound_to({"docker-run/*", "python:3"});
    EXPECT_TRUE(who.may_run("docker-run/c"));
    EXPECT_TRUE(who.may_run("docker.io/library/python:3"));
    EXPECT_FALSE(who.may_run("python"));
    EXPECT_FALSE(who.may_run(id));
}

TEST(caller_test, may_run_no_other_content_under_a_name_that_it_may_run) {
    const std::vector<std::string> tags{"python:3"};
    const auto pinned = bound_to({"python:3@" + id});
    EXPECT_TRUE(pinned.may_run("python:3"));
    EXPECT_TRUE(pinned.may_run("python:3", {id, tags}));
    EXPECT_FALSE(pinned.may_run("python:3", {"sha256:" + std::string(64, 'b'), tags}));
    EXPECT_TRUE(bound_to({id}).may_run(id, {id, tags}));
}

TEST(caller_test, may_run_no_image_that_the_engine_finds_by_the_first_digits_of_its_id) {
    const std::vector<std::string> tags{"secret:1"};
    const std::vector<std::string> local{"localhost/e8:latest"};
    const auto who = bound_to({"*"});
    EXPECT_TRUE(who.may_run("e8"));
    EXPECT_FALSE(who.may_run("e8", {id, tags}));
    EXPECT_FALSE(who.may_run("sha256:e8", {id, tags}));
    EXPECT_TRUE(who.may_run("e8", {id, local})) << "it is called so";
}

TEST(caller_share_test, has_places_for_what_runs_and_what_waits) {
    EXPECT_EQ((caller_share{.runs = 2, .queue = 3}).places(), 5U);
    EXPECT_EQ(caller_share().places(), caller_share::unbounded);
    EXPECT_EQ((caller_share{.runs = 2}).places(), caller_share::unbounded);
}

} // namespace
} // namespace docker_run
