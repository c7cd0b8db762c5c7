#include "settings/policy_file.hpp"
#include "settings/settings_fixture.hpp"
#include "settings/temporary_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace docker_run {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> faults_of_policy(const std::string& text, const environment& changes = {}) {
    const temporary_file file(text);
    auto variables = with(changes);
    variables["RUN_POLICY_FILE"] = file.path();
    auto faults = faults_of(variables);
    for (auto& fault : faults)
        if (const auto at = fault.find(file.path()); at != std::string::npos)
            fault.replace(at, file.path().size(), "POLICY");
    return faults;
}

std::vector<image_rule> rules_of(const std::string& text, const environment& changes = {}) {
    const temporary_file file(text);
    auto variables = with(changes);
    variables["RUN_POLICY_FILE"] = file.path();
    return settings_from(variables).policy.rules;
}

TEST(policy_file_test, gives_an_image_without_settings_those_of_the_environment) {
    const auto rules = rules_of(R"({"images":[{"match":["x"]}]})");
    ASSERT_EQ(rules.size(), 1U);
    const auto settings = settings_from(required_variables());
    EXPECT_EQ(rules[0].options.container, settings.container);
    EXPECT_EQ(rules[0].options.max_execution_time, settings.run.max_execution_time);
    EXPECT_EQ(rules[0].options.max_output_size, settings.run.max_output_size);
}

TEST(policy_file_test, keeps_the_user_of_a_rule_and_gives_the_others_users_of_their_own) {
    const environment uids{{"DOCKER_CONTAINER_UIDS", "20000-24095"},
                           {"DOCKER_CONTAINER_WORK_DIR_PATH", "/work"}};
    const auto rules = rules_of(R"({"images":[
        {"match":["plain"]},
        {"match":["off"],"settings":{"DOCKER_CONTAINER_UIDS":"off"}},
        {"match":["user"],"settings":{"DOCKER_CONTAINER_USER":"1:1"}},
        {"match":["both"],"settings":{"DOCKER_CONTAINER_USER":"1:1","DOCKER_CONTAINER_UIDS":"30000-34000"}}]})",
                                uids);
    ASSERT_EQ(rules.size(), 4U);
    EXPECT_EQ(rules[0].options.container.uids, (uid_range{20'000, 24'095}));
    EXPECT_FALSE(rules[1].options.container.uids);
    EXPECT_FALSE(rules[2].options.container.uids);
    EXPECT_EQ(rules[3].options.container.uids, (uid_range{30'000, 34'000}));
}

TEST(policy_file_test, demands_a_work_directory_for_users_of_their_own_unless_the_image_is_stock) {
    const environment uids{{"DOCKER_CONTAINER_UIDS", "20000-24095"}};
    EXPECT_THAT(faults_of_policy(R"({"images":[{"match":["x"]}]})", uids),
                ElementsAre(HasSubstr("POLICY: images[0].settings.DOCKER_CONTAINER_UIDS must be off where")));
    const temporary_file runner(std::string(64, 'x'), 0755);
    auto stock = uids;
    stock["DOCKER_STOCK_RUNNER_PATH"] = runner.path();
    EXPECT_THAT(faults_of_policy(R"({"images":[{"match":["x"],"stock":true}]})", stock),
                ElementsAre(HasSubstr("DOCKER_STOCK_RUNNER_PATH")))
        << "which is no program here, and nothing else";
}

TEST(policy_file_test, sets_the_limits_of_interactive_runs_only_where_there_are_any) {
    const auto policy = R"({"images":[{"match":["x"]},
        {"match":["y"],"settings":{"RUN_INTERACTIVE_TIME":0}},
        {"match":["z"],"settings":{"RUN_INTERACTIVE_TIME":7,"RUN_INTERACTIVE_IDLE_TIME":3}}]})";
    for (const auto& each : rules_of(policy))
        EXPECT_EQ(each.options.interactive, interactive_limits{});
    const auto rules = rules_of(policy, {{"RUN_INTERACTIVE_MAX", "1"}});
    ASSERT_EQ(rules.size(), 3U);
    EXPECT_EQ(rules[0].options.interactive,
              (interactive_limits{std::chrono::seconds(600), std::chrono::seconds(60)}));
    EXPECT_EQ(rules[1].options.interactive.time, std::chrono::seconds(0));
    EXPECT_EQ(rules[2].options.interactive,
              (interactive_limits{std::chrono::seconds(7), std::chrono::seconds(3)}));
    EXPECT_THAT(faults_of_policy(R"({"images":[{"match":["x"],"settings":{"RUN_INTERACTIVE_MAX":1}}]})"),
                ElementsAre(HasSubstr("RUN_INTERACTIVE_MAX")));
}

TEST(policy_file_test, sets_for_an_image_what_its_rule_says_and_derives_the_rest) {
    const auto rules = rules_of(R"({"images":[{"match":["x","y"],"settings":{
        "DOCKER_CONTAINER_MEMORY":33554432,"DOCKER_CONTAINER_RUNTIME":"runsc","DOCKER_CONTAINER_CPUS":0.5,
        "DOCKER_CONTAINER_ULIMIT_NPROC_HARD":95,"DOCKER_CONTAINER_USER":"1:1",
        "DOCKER_CONTAINER_NETWORK_DISABLED":false,"RUN_MAX_EXECUTION_TIME":25,"RUN_MAX_OUTPUT_SIZE":7}}]})");
    ASSERT_EQ(rules.size(), 1U);
    EXPECT_EQ(rules[0].match.size(), 2U);
    const auto& container = rules[0].options.container;
    EXPECT_EQ(container.memory, 33554432);
    EXPECT_EQ(container.memory_swap, 33554432) << "it follows the memory where nobody set it";
    EXPECT_EQ(container.pids_limit, 95);
    EXPECT_EQ(container.cpus, 0.5);
    EXPECT_EQ(container.runtime, "runsc");
    EXPECT_EQ(container.user, "1:1");
    EXPECT_FALSE(container.network_disabled);
    EXPECT_EQ(rules[0].options.max_execution_time, std::chrono::seconds(25));
    EXPECT_EQ(rules[0].options.max_output_size, 7U);
}

TEST(policy_file_test, names_file_and_place_of_everything_that_is_wrong) {
    struct {
        std::string policy, fault;
    } const cases[] = {
        {R"({})", "POLICY: images must be a list of rules, found nothing"},
        {R"({"images":5})", "POLICY: images must be a list of rules, found \"5\""},
        {R"({"images":[],"x":1})", "POLICY: the policy must be an object of images, found the member \"x\""},
        {R"({"images":[1]})", "POLICY: images[0] must be an object, found \"1\""},
        {R"({"images":[{}]})",
         "POLICY: images[0].match must be a list of one pattern or more, found nothing"},
        {R"({"images":[{"match":[]}]})",
         "POLICY: images[0].match must be a list of one pattern or more, found \"[]\""},
        {R"({"images":[{"match":["x"]},{"match":["x","A b"]}]})",
         "POLICY: images[1].match[1] must be an image pattern, NAME[:TAG][@sha256:DIGEST] with * or ** in "
         "NAME "
         "and TAG, or sha256:DIGEST, found \"A b\""},
        {R"({"images":[{"match":["x"],"memory":1}]})",
         "POLICY: images[0] must be an object of match, settings, stock, found the member \"memory\""},
        {R"({"images":[{"match":["x"],"settings":[]}]})",
         "POLICY: images[0].settings must be an object of settings, found \"[]\""},
        {R"({"images":[{"match":["x"],"settings":{"SERVER_LISTEN_PORT":1}}]})",
         "POLICY: images[0].settings must be an object of settings for an image (docs/policy.md), found the "
         "member \"SERVER_LISTEN_PORT\""},
        {R"({"images":[{"match":["x"],"settings":{"DOCKER_CONTAINER_MEMORY":5}}]})",
         "POLICY: images[0].settings.DOCKER_CONTAINER_MEMORY must be an integer of at least 6291456, found "
         "\"5\""},
        {R"({"images":[{"match":["x"],"settings":{"DOCKER_CONTAINER_MEMORY":"33554432"}}]})",
         "POLICY: images[0].settings.DOCKER_CONTAINER_MEMORY must be an integer of at least 6291456, found "
         "\"33554432\""},
        {R"({"images":[{"match":["x"],"settings":{"DOCKER_CONTAINER_CPUS":5}}]})",
         "POLICY: images[0].settings.DOCKER_CONTAINER_CPUS must be at most what the host has, 4, found 5"},
        {R"({"images":[{"match":["x"],"settings":{"RUN_MAX_EXECUTION_TIME":26}}]})",
         "POLICY: images[0].settings.SERVER_STOP_TIMEOUT must be at least RUN_MAX_EXECUTION_TIME + 5, 31, "
         "found 30"},
    };
    for (const auto& [policy, fault] : cases)
        EXPECT_THAT(faults_of_policy(policy), ElementsAre(fault)) << policy;
}

TEST(policy_file_test, takes_nothing_that_is_not_one_json_object) {
    for (const auto& text : {""s, "[]"s, "{"s, "{} {}"s, "\xef\xbb\xbf{}"s, R"({"images":[],"images":[]})"s})
        EXPECT_THAT(faults_of_policy(text),
                    ElementsAre(HasSubstr("RUN_POLICY_FILE must be a readable JSON file, not writable by "
                                          "others, found \"POLICY\": ")))
            << text;
}

TEST(policy_file_test, trusts_no_file_that_others_may_write) {
    const temporary_file file(R"({"images":[]})", 0666);
    EXPECT_THAT(faults_of(with({{"RUN_POLICY_FILE", file.path()}})),
                ElementsAre(HasSubstr(": writable by others")));
    EXPECT_THAT(faults_of(with({{"RUN_POLICY_FILE", "/no/such/file"}})),
                ElementsAre(HasSubstr("No such file or directory")));
}

TEST(policy_file_test, lists_the_faults_of_settings_and_policy_together) {
    EXPECT_EQ(faults_of_policy(R"({"images":[{}]})", {{"RUN_MAX_OUTPUT_SIZE", "x"}}).size(), 2U);
}

} // namespace
} // namespace docker_run
