#include "settings/settings_fixture.hpp"
#include "settings/settings_rules.hpp"
#include "settings/temporary_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace docker_run {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(settings_rules_test, check_what_variables_mean_together) {
    struct {
        environment allowed;
        environment refused;
        std::string fault;
    } const cases[] = {
        {{{"DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT", "100"}},
         {{"DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT", "101"}},
         "DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT must be at most DOCKER_CONTAINER_ULIMIT_NOFILE_HARD, 100, "
         "found 101"},
        {{{"DOCKER_CONTAINER_ULIMIT_NPROC_SOFT", "101"}},
         {{"DOCKER_CONTAINER_ULIMIT_NPROC_SOFT", "102"}},
         "DOCKER_CONTAINER_ULIMIT_NPROC_SOFT must be at most DOCKER_CONTAINER_ULIMIT_NPROC_HARD, 101, found "
         "102"},
        {{{"DOCKER_CONTAINER_MEMORY_SWAP", "1000000000"}},
         {{"DOCKER_CONTAINER_MEMORY_SWAP", "999999999"}},
         "DOCKER_CONTAINER_MEMORY_SWAP must be at least DOCKER_CONTAINER_MEMORY, 1000000000, found "
         "999999999"},
        {{{"DOCKER_CONTAINER_CPUS", "4"}},
         {{"DOCKER_CONTAINER_CPUS", "4.1"}},
         "DOCKER_CONTAINER_CPUS must be at most what the host has, 4, found 4.1"},
        {{{"DOCKER_CONTAINER_TMP_DIR_PATH", "/tmp"}, {"DOCKER_CONTAINER_WORK_DIR_PATH", "/work"}},
         {{"DOCKER_CONTAINER_TMP_DIR_PATH", "/tmp"}, {"DOCKER_CONTAINER_WORK_DIR_PATH", "/tmp"}},
         "DOCKER_CONTAINER_WORK_DIR_PATH must be another path than DOCKER_CONTAINER_TMP_DIR_PATH, found the "
         "same"},
        {{{"SERVER_STOP_TIMEOUT", "20"}},
         {{"SERVER_STOP_TIMEOUT", "19"}},
         "SERVER_STOP_TIMEOUT must be at least RUN_MAX_EXECUTION_TIME + 5, 20, found 19"},
        {{{"POOL_MAX_PER_IMAGE", "5"}, {"POOL_MAX_TOTAL", "5"}},
         {{"POOL_MAX_PER_IMAGE", "6"}, {"POOL_MAX_TOTAL", "5"}},
         "POOL_MAX_PER_IMAGE must be at most POOL_MAX_TOTAL, 5, found 6"},
        {{{"POOL_PREWARM", "a b"}, {"POOL_MAX_TOTAL", "2"}},
         {{"POOL_PREWARM", "a b c"}, {"POOL_MAX_TOTAL", "2"}},
         "POOL_PREWARM must be at most as many images as POOL_MAX_TOTAL, 2, found 3"},
    };
    for (const auto& [allowed, refused, fault] : cases) {
        EXPECT_THAT(faults_of(with(allowed)), IsEmpty());
        EXPECT_THAT(faults_of(with(refused)), ElementsAre(fault));
    }
}

TEST(settings_rules_test, demand_a_user_for_each_container_that_may_exist_and_a_work_directory_for_all) {
    const auto uids = [](environment changes, const std::string& range) {
        changes["DOCKER_CONTAINER_UIDS"] = range;
        return faults_of(with(changes));
    };
    const environment work{{"DOCKER_CONTAINER_WORK_DIR_PATH", "/work"}};
    // 10 workers, 32 waiting, 28 in removal and 64 more.
    EXPECT_THAT(uids(work, "20000-20133"), IsEmpty());
    EXPECT_THAT(uids(work, "20000-20132"),
                ElementsAre("DOCKER_CONTAINER_UIDS must be a range of at least 134 users, for all containers "
                            "that may exist at once and some more, found 133"));
    auto interactive = work;
    interactive["RUN_INTERACTIVE_MAX"] = "2";
    EXPECT_THAT(uids(interactive, "20000-20139"), IsEmpty());
    EXPECT_THAT(uids(interactive, "20000-20138"), ElementsAre(HasSubstr("at least 140 users")));
    EXPECT_THAT(uids(work, "off"), IsEmpty());
    for (const char* range : {"20000", "0-20000", "20133-20000", "20000-", "-20000", "2-2147483648", "a-b"})
        EXPECT_THAT(uids(work, range), ElementsAre(HasSubstr("FIRST-LAST"))) << range;
    EXPECT_THAT(uids({}, "20000-30000"), ElementsAre(HasSubstr("names no work directory")));
    EXPECT_THAT(uids({{"DOCKER_CONTAINER_WORK_DIR_PATH", "/work"},
                      {"DOCKER_CONTAINER_WORK_DIR_OPTIONS", "rw,uid=1000"}},
                     "20000-30000"),
                ElementsAre(HasSubstr("without uid and gid")));
}

TEST(settings_rules_test, take_origins_only_as_browsers_send_them) {
    const auto faults = [](const std::string& origins) {
        return faults_of(with({{"API_ALLOWED_ORIGINS", origins}}));
    };
    EXPECT_THAT(faults("https://a.example http://[::1]:8080 app://x"), IsEmpty());
    for (const char* origin :
         {"a.example", "https://", "https://a/", "https://a/b", "https://A", "https://*.a",
          "https://a:", "https://a:443", "http://a:80", "null", "*", "://a"})
        EXPECT_THAT(faults(origin), ElementsAre(HasSubstr("an origin as browsers send it"))) << origin;
}

TEST(settings_rules_test, warn_of_users_that_user_namespaces_lack) {
    const auto warnings = [](const std::string& range) {
        return parse_settings(
                   with({{"DOCKER_CONTAINER_UIDS", range}, {"DOCKER_CONTAINER_WORK_DIR_PATH", "/work"}}),
                   host_cpus)
            .warnings;
    };
    EXPECT_THAT(warnings("65000-65535"), Not(testing::Contains(HasSubstr("DOCKER_CONTAINER_UIDS"))));
    EXPECT_THAT(warnings("65000-65536"),
                testing::Contains(HasSubstr("DOCKER_CONTAINER_UIDS goes beyond 65535")));
}

TEST(settings_rules_test, pass_over_a_rule_that_rests_on_a_variable_that_is_no_number) {
    EXPECT_THAT(faulty_variables(with({{"DOCKER_CONTAINER_ULIMIT_NOFILE_HARD", "x"},
                                       {"POOL_MAX_TOTAL", "0"},
                                       {"RUN_MAX_EXECUTION_TIME", "-1"},
                                       {"SERVER_STOP_TIMEOUT", "1"}})),
                testing::UnorderedElementsAre("DOCKER_CONTAINER_ULIMIT_NOFILE_HARD", "POOL_MAX_TOTAL",
                                              "RUN_MAX_EXECUTION_TIME"));
}

TEST(settings_rules_test, take_tokens_from_the_environment_or_a_file_and_not_from_both) {
    const temporary_file tokens("first\nsecond\n");
    auto variables = with({{"API_ACCESS_TOKEN_FILE", tokens.path()}});
    EXPECT_THAT(faults_of(variables),
                ElementsAre("API_ACCESS_TOKEN_FILE must be unset where API_ACCESS_TOKEN is set, found both"));

    variables.erase("API_ACCESS_TOKEN");
    const auto settings = settings_from(variables);
    ASSERT_EQ(settings.api.access_tokens.size(), 2U);
    EXPECT_EQ(settings.api.access_tokens[0].text, "first");
    EXPECT_EQ(settings.api.access_tokens[1].text, "second");
    EXPECT_EQ(settings.api.access_token_file, tokens.path());

    variables.erase("API_ACCESS_TOKEN_FILE");
    EXPECT_THAT(faults_of(variables),
                ElementsAre("API_ACCESS_TOKEN must be set, or API_ACCESS_TOKEN_FILE instead, found neither"));
}

TEST(settings_rules_test, say_why_a_token_file_cannot_be_used) {
    const temporary_file tokens("a token\n", 0606);
    auto variables = with({{"API_ACCESS_TOKEN_FILE", tokens.path()}});
    variables.erase("API_ACCESS_TOKEN");
    EXPECT_THAT(faults_of(variables),
                ElementsAre("API_ACCESS_TOKEN_FILE must be a readable file with one token a line, "
                            "written by its owner alone, who is root or the daemon's user, found \"" +
                            tokens.path() + "\": writable by others"));
}

TEST(settings_rules_test, remember_which_limits_were_demanded) {
    const auto by_default = settings_from(required_variables()).container.demanded;
    EXPECT_FALSE(by_default.memory_swap || by_default.pids_limit || by_default.cpus);
    EXPECT_TRUE(
        settings_from(with({{"DOCKER_CONTAINER_MEMORY_SWAP", "1000000000"}})).container.demanded.memory_swap);
    EXPECT_TRUE(settings_from(with({{"DOCKER_CONTAINER_PIDS_LIMIT", "9"}})).container.demanded.pids_limit);
    EXPECT_TRUE(settings_from(with({{"DOCKER_CONTAINER_CPUS", "1"}})).container.demanded.cpus);
}

TEST(settings_rules_test, take_a_slice_or_a_path_for_the_cgroup_parent) {
    for (const std::string parent : {"dockerrun.slice", "a-b.slice", "/docker-run", "/a/b"})
        EXPECT_EQ(settings_from(with({{"DOCKER_CONTAINER_CGROUP_PARENT", parent}})).container.cgroup_parent,
                  parent);
    for (const std::string parent : {"docker-run", "/", "a/b.slice", ".slice", "/a/../b", "x y"})
        EXPECT_THAT(faulty_variables(with({{"DOCKER_CONTAINER_CGROUP_PARENT", parent}})),
                    ElementsAre("DOCKER_CONTAINER_CGROUP_PARENT"));
}

} // namespace
} // namespace docker_run
