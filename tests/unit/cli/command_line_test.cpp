#include "cli/command_line.hpp"
#include "cli/exit_codes.hpp"
#include "settings/settings.hpp"
#include "settings/settings_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace docker_run {
namespace {

using testing::HasSubstr;
using action = command_line_options::action;

constexpr auto all_options =
    std::to_array<const char*>({"--help", "--version", "--check-config", "--env-file", "--health",
                                "--print-settings", "--print-manual", "--print-completion"});

struct outcome {
    std::variant<command_line_options, int> result;
    std::string out;
    std::string errors;

    [[nodiscard]] int exit_code() const {
        const auto* code = std::get_if<int>(&result);
        return code != nullptr ? *code : -1;
    }
    [[nodiscard]] command_line_options options() const {
        EXPECT_TRUE(std::holds_alternative<command_line_options>(result)) << errors;
        return std::holds_alternative<command_line_options>(result) ? std::get<command_line_options>(result)
                                                                    : command_line_options{};
    }
};

outcome parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "docker-run");
    std::ostringstream out;
    std::ostringstream errors;
    auto result = parse_command_line(static_cast<int>(arguments.size()), arguments.data(), out, errors);
    return {std::move(result), out.str(), errors.str()};
}

TEST(command_line_test, serves_when_nothing_is_asked) {
    EXPECT_EQ(parse({}).options().mode, action::serve);
    EXPECT_EQ(parse({}).options().env_file, "");
}

TEST(command_line_test, names_the_action_and_the_file) {
    EXPECT_EQ(parse({"--check-config"}).options().mode, action::check_config);
    EXPECT_EQ(parse({"--health"}).options().mode, action::health);
    const auto both = parse({"--env-file", "/etc/docker-run/docker-run.env", "--check-config"}).options();
    EXPECT_EQ(both.mode, action::check_config);
    EXPECT_EQ(both.env_file, "/etc/docker-run/docker-run.env");
}

TEST(command_line_test, prints_the_version) {
    const auto version = parse({"--version"});
    EXPECT_EQ(version.exit_code(), 0);
    EXPECT_EQ(version.out, "docker-run " DOCKER_RUN_VERSION "\n");
}

TEST(command_line_test, prints_the_settings_in_either_form) {
    EXPECT_EQ(parse({"--print-settings", "markdown"}).out, settings_as_markdown());
    EXPECT_EQ(parse({"--print-settings=env"}).out, settings_as_env_file());
    EXPECT_EQ(parse({"--print-settings=env"}).exit_code(), 0);
}

TEST(command_line_test, prints_a_manual_with_every_option_and_setting) {
    const auto manual = parse({"--print-manual"});
    EXPECT_EQ(manual.exit_code(), 0);
    for (const std::string option : all_options)
        EXPECT_THAT(manual.out,
                    HasSubstr("\\-\\-" + std::regex_replace(option.substr(2), std::regex("-"), "\\-")));
    for (const auto& row : settings_table())
        EXPECT_THAT(manual.out, HasSubstr(".B " + std::string(row.name) + "\n"));
}

TEST(command_line_test, prints_completions_with_every_option) {
    for (const auto* shell : {"bash", "zsh", "fish"}) {
        const auto printed = parse({"--print-completion", shell});
        EXPECT_EQ(printed.exit_code(), 0);
        for (const std::string option : all_options)
            EXPECT_THAT(printed.out, HasSubstr(option.substr(2))) << shell;
    }
}

TEST(command_line_test, prints_a_help_with_every_option_and_setting) {
    const auto help = parse({"--help"});
    EXPECT_EQ(help.exit_code(), 0);
    for (const std::string option : all_options)
        EXPECT_THAT(help.out, HasSubstr(option));
    for (const auto& row : settings_table())
        EXPECT_THAT(help.out, HasSubstr(row.name));
}

TEST(command_line_test, refuses_what_it_does_not_know) {
    for (const auto& arguments :
         std::vector<std::vector<const char*>>{{"--unknown"},
                                               {"serve"},
                                               {"--env-file"},
                                               {"--print-settings"},
                                               {"--print-settings", "html"},
                                               {"--print-settings", "3"},
                                               {"--print-completion", "csh"},
                                               {"--check-config", "--health"},
                                               {"--health", "--print-manual"},
                                               {"--check-config", "--print-settings", "env"}}) {
        const auto refused = parse(arguments);
        EXPECT_EQ(refused.exit_code(), usage_exit_code) << arguments.front();
        EXPECT_EQ(refused.out, "");
        EXPECT_NE(refused.errors, "");
    }
}

} // namespace
} // namespace docker_run
