#include "settings/settings_fixture.hpp"
#include "settings/settings_warnings.hpp"
#include "settings/temporary_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <string>
#include <vector>

namespace docker_run {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Settings that nothing can be said against, but for what a test changes.
class warnings : public testing::Test {
  protected:
    std::vector<std::string> of(const environment& changes) const {
        environment all{{"DOCKER_CONTAINER_READONLY_ROOTFS", "true"},
                        {"DOCKER_CONTAINER_CAP_DROP", "ALL"},
                        {"RUN_POLICY_FILE", policy_.path()}};
        for (const auto& [name, value] : changes)
            all[name] = value;
        return parse_settings(with(all), host_cpus).warnings;
    }

    const temporary_file policy_{R"({"images":[{"match":["docker-run/*"]}]})", 0644};
};

TEST_F(warnings, are_none_of_settings_that_are_closed) {
    EXPECT_THAT(of({}), IsEmpty());
}

TEST_F(warnings, name_each_wall_that_is_taken_away) {
    struct {
        std::string variable;
        std::string value;
        std::string words;
    } const cases[] = {
        {"DOCKER_CONTAINER_READONLY_ROOTFS", "", "is not true"},
        {"DOCKER_CONTAINER_READONLY_ROOTFS", "false", "is not true"},
        {"DOCKER_CONTAINER_USER", "root", "\"root\", is root"},
        {"DOCKER_CONTAINER_USER", "0:100", "\"0:100\", is root"},
        {"DOCKER_CONTAINER_USER", "root:users", "is root"},
        {"DOCKER_CONTAINER_CAP_ADD", "NET_RAW ALL", "\"NET_RAW ALL\", gives programs rights"},
        {"DOCKER_CONTAINER_CAP_DROP", "", "is empty"},
        {"DOCKER_CONTAINER_NETWORK_DISABLED", "false", "is false"},
        {"RUN_POLICY_FILE", "", "is unset"},
        {"SERVER_REALTIME", "true", "is true"},
        {"SERVER_LISTEN_ADDR", "0.0.0.0", "plain HTTP"},
        {"SERVER_LISTEN_ADDR", "::", "plain HTTP"},
        {"SERVER_LISTEN_ADDR", "192.0.2.1", "plain HTTP"},
        {"API_ACCESS_TOKEN", "fifteen-letters", "less than 16 characters"},
        {"DEBUG_KEEP_CONTAINER", "true", "not for production"},
    };
    for (const auto& [variable, value, words] : cases)
        EXPECT_THAT(of({{variable, value}}), ElementsAre(AllOf(HasSubstr(variable), HasSubstr(words))))
            << variable << '=' << value;
}

TEST_F(warnings, are_none_of_what_is_as_it_should_be) {
    const environment cases[] = {
        {{"DOCKER_CONTAINER_USER", "65534:65534"}},
        {{"DOCKER_CONTAINER_USER", "rooted"}},
        {{"SERVER_LISTEN_ADDR", "127.0.0.2"}},
        {{"SERVER_LISTEN_ADDR", "::1"}},
        {{"SERVER_LISTEN_ADDR", "localhost"}},
        {{"SERVER_LISTEN_ADDR", "0.0.0.0"}, {"SERVER_TRUSTED_PROXIES", "10.77.0.1"}},
        {{"API_ACCESS_TOKEN", "0123456789abcdef"}},
    };
    for (const auto& each : cases)
        EXPECT_THAT(of(each), IsEmpty());
}

TEST_F(warnings, of_a_token_never_show_it) {
    for (const auto& each : of({{"API_ACCESS_TOKEN", "fifteen-letters"}}))
        EXPECT_EQ(each.find("fifteen"), std::string::npos);
}

TEST_F(warnings, name_the_rule_that_takes_a_wall_away) {
    const temporary_file policy(R"({"images":[{"match":["a"]},
        {"match":["b"],"settings":{"DOCKER_CONTAINER_USER":"0","DOCKER_CONTAINER_NETWORK_DISABLED":false}}]})");
    EXPECT_THAT(of({{"RUN_POLICY_FILE", policy.path()}}),
                ElementsAre(HasSubstr("images[1]: DOCKER_CONTAINER_USER"),
                            HasSubstr("images[1]: DOCKER_CONTAINER_NETWORK_DISABLED")));
}

TEST_F(warnings, of_files_say_who_reads_or_writes_them) {
    const temporary_file tokens("0123456789abcdef\n", 0444);
    auto variables = with({{"DOCKER_CONTAINER_READONLY_ROOTFS", "true"},
                           {"DOCKER_CONTAINER_CAP_DROP", "ALL"},
                           {"RUN_POLICY_FILE", policy_.path()},
                           {"API_ACCESS_TOKEN_FILE", tokens.path()}});
    variables.erase("API_ACCESS_TOKEN");
    EXPECT_THAT(parse_settings(variables, host_cpus).warnings,
                ElementsAre("API_ACCESS_TOKEN_FILE, \"" + tokens.path() +
                            "\", is readable by everybody on this host"));

    const temporary_file policy(R"({"images":[]})", 0664);
    EXPECT_THAT(of({{"RUN_POLICY_FILE", policy.path()}}), ElementsAre(HasSubstr("writable by its group")));
}

TEST_F(warnings, of_an_environment_file_depend_on_a_token_in_it) {
    EXPECT_FALSE(holds_secret({{"SERVER_LISTEN_PORT", "1"}}));
    EXPECT_FALSE(holds_secret({{"API_ACCESS_TOKEN", ""}}));
    EXPECT_TRUE(holds_secret({{"API_ACCESS_TOKEN", "x"}}));
    EXPECT_THAT(warn_about_env_file(temporary_file("", 0640).path()), IsEmpty());
    const temporary_file open("", 0644);
    EXPECT_THAT(warn_about_env_file(open.path()), ElementsAre(HasSubstr("readable by everybody")));
}

TEST_F(warnings, tell_of_memory_that_full_tmpfs_use_up) {
    const auto with_memory = [this](const std::string& memory) {
        return of({{"DOCKER_CONTAINER_TMP_DIR_PATH", "/tmp"}, {"DOCKER_CONTAINER_MEMORY", memory}});
    };
    EXPECT_THAT(with_memory("117440512"), IsEmpty()); // 64 + 16 + 32 MiB
    EXPECT_THAT(with_memory("117440511"),
                ElementsAre(HasSubstr("DOCKER_CONTAINER_MEMORY, 117440511, is less")));
}

TEST_F(warnings, tell_of_unknown_variables_with_our_prefixes_but_not_of_the_docker_clients) {
    environment variables;
    for (const std::string name :
         {"PATH", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_BUILDKIT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH",
          "DOCKER_CONTEXT", "DOCKER_API_VERSION", "DOCKER_CLI_EXPERIMENTAL", "DEBUG", "LOGNAME",
          "RUNTIME_DIRECTORY"})
        variables[name] = "x";
    EXPECT_THAT(of(variables), IsEmpty());

    for (const std::string name :
         {"SERVER_PORT", "API_TOKEN", "DOCKER_CONTAINER_MEMROY", "RUN_X", "POOL_", "LOG_FILE"})
        EXPECT_THAT(of({{name, ""}}), ElementsAre("unknown variable \"" + name + "\""));
}

} // namespace
} // namespace docker_run
