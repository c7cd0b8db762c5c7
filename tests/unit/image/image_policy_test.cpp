#include "image/image_policy.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_run {
namespace {

const std::string id = "sha256:" + std::string(64, 'a');
const std::string other_id = "sha256:" + std::string(64, 'b');

image_rule rule(const std::string& pattern, std::int64_t memory) {
    image_rule rule;
    rule.match.push_back(image_pattern::parse(pattern).value());
    rule.options.container.memory = memory;
    return rule;
}

image_policy policy(std::vector<image_rule> rules) {
    policy_settings settings;
    settings.file = "/policy.json";
    settings.rules = std::move(rules);
    return {settings, {}};
}

TEST(image_policy_test, grants_everything_the_settings_where_there_is_no_file) {
    container_options options;
    options.container.memory = 7;
    options.max_execution_time = std::chrono::seconds(8);
    options.max_output_size = 9;
    const image_policy open({}, options);
    for (const std::string& reference : {std::string("x"), id}) {
        EXPECT_TRUE(open.may_grant(reference));
        const auto granted = open.match(reference, {id}).granted;
        ASSERT_TRUE(granted);
        EXPECT_EQ(granted->container.memory, 7);
        EXPECT_EQ(granted->max_execution_time, std::chrono::seconds(8));
        EXPECT_EQ(granted->max_output_size, 9U);
    }
}

TEST(image_policy_test, grants_nothing_to_the_first_digits_of_an_id_where_there_is_no_file) {
    const image_policy open({}, {});
    for (const std::string& reference :
         {id.substr(0, 12), id.substr(7, 12), id.substr(7, 1), id.substr(7, 63)})
        EXPECT_FALSE(open.match(reference, {id}).granted) << reference;
    EXPECT_TRUE(open.match(id, {id}).granted);
    EXPECT_TRUE(open.match(id.substr(7), {id}).granted);
    EXPECT_TRUE(open.match("name@" + id, {id}).granted);
}

TEST(image_policy_test, grants_a_name_that_looks_like_the_first_digits_of_an_id) {
    const image_policy open({}, {});
    for (const std::string& tag : {std::string("aa:latest"), std::string("docker.io/library/aa:latest"),
                                   std::string("localhost/aa:latest")}) {
        const std::vector<std::string> tags{"other:1", tag};
        EXPECT_TRUE(open.match("aa", {id, tags}).granted) << tag;
        EXPECT_TRUE(open.match("docker.io/library/aa", {id, tags}).granted) << tag;
    }
    const std::vector<std::string> tags{"aa:1", "registry.example/aa:latest"};
    EXPECT_FALSE(open.match("aa", {id, tags}).granted);
}

TEST(image_policy_test, leaves_an_image_that_the_engine_does_not_know_to_the_engine) {
    EXPECT_TRUE(image_policy({}, {}).match("ff", {""}).granted);
}

TEST(image_policy_test, goes_by_the_first_rule_that_matches) {
    const auto closed = policy({rule("docker-run/java", 1), rule("docker-run/*", 2)});
    EXPECT_EQ(closed.match("docker-run/java", {id}).granted->container.memory, 1);
    EXPECT_EQ(closed.match("docker-run/c", {id}).granted->container.memory, 2);
}

TEST(image_policy_test, refuses_what_no_rule_matches) {
    const auto closed = policy({rule("docker-run/*", 1)});
    EXPECT_FALSE(closed.may_grant("x"));
    EXPECT_FALSE(closed.match("x", {id}).granted);
    EXPECT_TRUE(closed.may_grant("docker-run/x"));
    EXPECT_FALSE(policy({}).may_grant("x"));
}

TEST(image_policy_test, refuses_another_content_than_the_pinned_one) {
    const auto closed = policy({rule("x@" + id, 1)});
    EXPECT_TRUE(closed.may_grant("x"));
    const auto granted = closed.match("x", {id});
    EXPECT_TRUE(granted.granted);
    EXPECT_TRUE(granted.by_content);
    EXPECT_FALSE(closed.match("x", {other_id}).granted);
    EXPECT_FALSE(closed.match("x", {""}).granted);
}

// The engine takes the first digits of an id for the image: a rule must not be walked around by that.
TEST(image_policy_test, grants_an_image_that_is_called_by_its_id_only_what_its_digest_is_granted) {
    const auto closed = policy({rule("**", 1), rule(other_id, 2)});
    for (const std::string& reference :
         {id, id.substr(7), id.substr(0, 12), id.substr(7, 12), id.substr(7, 1)})
        EXPECT_FALSE(closed.match(reference, {id}).granted) << reference;
    EXPECT_EQ(closed.match(other_id.substr(7, 12), {other_id}).granted->container.memory, 2);
    const std::vector<std::string> names{"aaa:latest"};
    EXPECT_EQ(closed.match("aaa", {id, names}).granted->container.memory, 1);
}

TEST(image_policy_test, shares_equal_options_within_itself_and_with_an_older_policy) {
    const auto older = policy({rule("x", 1), rule("y", 1), rule("z", 2)});
    EXPECT_EQ(older.match("x", {id}).granted, older.match("y", {id}).granted);
    EXPECT_NE(older.match("x", {id}).granted, older.match("z", {id}).granted);
    auto newer = policy({rule("x", 3), rule("y", 2), rule("z", 1)});
    newer.intern_options(older);
    EXPECT_EQ(newer.match("z", {id}).granted, older.match("x", {id}).granted);
    EXPECT_EQ(newer.match("y", {id}).granted, older.match("z", {id}).granted);
    EXPECT_EQ(newer.match("x", {id}).granted->container.memory, 3);
}

} // namespace
} // namespace docker_run
