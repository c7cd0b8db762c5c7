#include "settings/settings.hpp"
#include "settings/settings_table.hpp"
#include "settings/temporary_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace docker_run {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const auto repository =
    std::filesystem::path(__FILE__).parent_path().parent_path().parent_path().parent_path();

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path);
    EXPECT_TRUE(file.is_open()) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(settings_table_test, names_each_variable_once_and_describes_it) {
    std::set<std::string_view> names;
    for (const auto& row : settings_table()) {
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        EXPECT_FALSE(row.meaning.empty()) << row.name;
        EXPECT_EQ(row.meaning.find('|'), std::string_view::npos) << row.name;
        EXPECT_TRUE(!row.required || !row.shipped.empty()) << row.name;
    }
}

TEST(settings_text_test, mentions_every_variable_in_table_and_environment_and_help) {
    const auto markdown = settings_as_markdown();
    const auto env_file = settings_as_env_file();
    const auto help = settings_as_help();
    for (const auto& row : settings_table()) {
        const std::string name(row.name);
        EXPECT_THAT(markdown, HasSubstr("| `" + name + "` |"));
        EXPECT_THAT(env_file, HasSubstr(name + "="));
        EXPECT_THAT(help, HasSubstr("  " + name + "\n"));
    }
}

TEST(settings_text_test, shows_the_default_that_the_settings_have) {
    const auto markdown = settings_as_markdown();
    EXPECT_THAT(markdown,
                HasSubstr("| `SERVER_MAX_BODY_SIZE` | integer | bytes | an integer from 1 to 1073741824 | "
                          "2097152 | Largest body of a request, and "));
    EXPECT_THAT(markdown,
                HasSubstr("| `POOL_ENABLED` | boolean |  | true, false, 1, 0, yes, no, on or off | true |"));
    EXPECT_THAT(markdown,
                HasSubstr("| " + std::to_string(config{}.pool.max_per_image) + ", at most POOL_MAX_TOTAL |"));
}

TEST(settings_text_test, ships_an_environment_that_starts_hardened) {
    auto parsed_file = parse_env_file(settings_as_env_file());
    ASSERT_TRUE(std::holds_alternative<environment>(parsed_file));
    auto variables = std::get<environment>(parsed_file);
    EXPECT_EQ(variables["API_ACCESS_TOKEN_FILE"], "/etc/docker-run/token");
    const temporary_file tokens("0123456789abcdef\n");
    variables["API_ACCESS_TOKEN_FILE"] = tokens.path();
    EXPECT_EQ(variables["RUN_POLICY_FILE"], "/etc/docker-run/policy.json");
    variables["RUN_POLICY_FILE"] = std::filesystem::absolute(repository / "systemd/policy.json");

    auto parsed = parse_settings(variables, 2);
    EXPECT_THAT(parsed.warnings, IsEmpty());
    ASSERT_TRUE(std::holds_alternative<config>(parsed.result));
    const auto& container = std::get<config>(parsed.result).container;
    EXPECT_TRUE(container.readonly_rootfs);
    EXPECT_TRUE(container.network_disabled);
    EXPECT_EQ(container.cgroup_parent, "dockerrun.slice");
    EXPECT_TRUE(container.tmp_dir.has_value());
    EXPECT_TRUE(container.work_dir.has_value());
    EXPECT_THAT(container.cap_drop, testing::ElementsAre("ALL"));
    EXPECT_EQ(container.memory_swap, container.memory);
}

TEST(settings_text_test, ships_what_stays_commented_out_as_the_default) {
    std::string uncommented;
    std::string text = settings_as_env_file();
    for (const auto& row : settings_table()) {
        const auto commented = text.find("\n#" + std::string(row.name) + "=");
        if (commented != std::string::npos)
            text.erase(commented + 1, 1);
    }
    auto parsed_file = parse_env_file(text);
    ASSERT_TRUE(std::holds_alternative<environment>(parsed_file));
    auto variables = std::get<environment>(parsed_file);
    EXPECT_EQ(variables.size(), settings_table().size());
    const temporary_file tokens("0123456789abcdef\n");
    variables["API_ACCESS_TOKEN_FILE"] = tokens.path();
    EXPECT_EQ(variables["RUN_POLICY_FILE"], "/etc/docker-run/policy.json");
    variables["RUN_POLICY_FILE"] = std::filesystem::absolute(repository / "systemd/policy.json");
    EXPECT_TRUE(std::holds_alternative<config>(parse_settings(variables, 2).result));
}

TEST(settings_text_test, ships_an_environment_that_every_reader_reads_alike) {
    const auto text = settings_as_env_file();
    EXPECT_EQ(text.find("\\\n"), std::string::npos); // systemd continues even a comment
    for (const char byte : text)
        EXPECT_TRUE(byte == '\n' || (byte >= ' ' && byte <= '~')) << byte;
}

TEST(settings_text_test, is_what_the_repository_ships) {
    EXPECT_EQ(read_file(repository / "systemd/docker-run.env"), settings_as_env_file())
        << "write it again: docker-run --print-settings env > systemd/docker-run.env";
}

TEST(settings_text_test, is_what_the_page_of_settings_shows) {
    EXPECT_THAT(read_file(repository / "docs/settings.md"),
                HasSubstr("<!-- settings -->\n" + settings_as_markdown() + "<!-- /settings -->\n"))
        << "put between the marks what this prints: docker-run --print-settings markdown";
}

} // namespace
} // namespace docker_run
