#include "settings/environment.hpp"
#include "settings/temporary_file.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_run {
namespace {

using fault_list = std::vector<env_file_fault>;

environment read(std::string_view text) {
    auto parsed = parse_env_file(text);
    auto* variables = std::get_if<environment>(&parsed);
    EXPECT_NE(variables, nullptr) << text;
    return variables != nullptr ? *variables : environment{};
}

std::string reasons(const std::variant<environment, fault_list>& parsed) {
    std::string text;
    if (const auto* found = std::get_if<fault_list>(&parsed))
        for (const auto& fault : *found)
            text += std::to_string(fault.line) + ": " + fault.reason + "\n";
    return text;
}

TEST(environment_test, holds_what_the_process_was_given) {
    ASSERT_EQ(::setenv("DOCKER_RUN_TEST", "a=b", 1), 0);
    EXPECT_EQ(process_environment()["DOCKER_RUN_TEST"], "a=b");
    ASSERT_EQ(::unsetenv("DOCKER_RUN_TEST"), 0);
    EXPECT_EQ(process_environment().count("DOCKER_RUN_TEST"), 0U);
}

TEST(env_file_test, is_lines_of_name_and_value) {
    EXPECT_EQ(read(""), environment{});
    EXPECT_EQ(read("# A=1\n  # B=2\n\n \t\nC=3\nd_4=a b=c#d\nE="),
              (environment{{"C", "3"}, {"d_4", "a b=c#d"}, {"E", ""}}));
    EXPECT_EQ(read("A=it's \"so\"\n"), (environment{{"A", "it's \"so\""}}));
}

TEST(env_file_test, counts_the_last_of_several_lines_with_one_name) {
    EXPECT_EQ(read("A=1\nB=2\nA=3\n"), (environment{{"A", "3"}, {"B", "2"}}));
}

TEST(env_file_test, refuses_what_its_readers_disagree_about) {
    for (const std::string value : {"\"1\"", "'1'", "\"", "1\\", " 1", "1 ", "\t1", "1\r", "1\x1b"})
        EXPECT_FALSE(reasons(parse_env_file("A=" + value + "\n")).empty()) << value;
    for (const std::string line : {"A", " A=1", "A =1", "=1", "1A=1", "export A=1", "A-B=1", "\xc3\xa9=1"})
        EXPECT_FALSE(reasons(parse_env_file(line + "\n")).empty()) << line;
}

TEST(env_file_test, lists_every_fault_with_its_line_and_without_the_value) {
    EXPECT_EQ(reasons(parse_env_file("A=1\n\nsecret\n# x\nTOKEN=\"secret\"\nB= secret")),
              "3: not of the form NAME=VALUE\n"
              "5: a quoted value, which systemd and docker read differently: leave the quotes out\n"
              "6: white space around the value\n");
}

TEST(env_file_test, is_read_from_a_file_of_at_most_one_mebibyte) {
    std::string text = "A=1\n#";
    text.resize(1'048'576, 'x');
    EXPECT_EQ(reasons(read_env_file(temporary_file(text).path())), "");
    EXPECT_EQ(reasons(read_env_file(temporary_file(text + "x").path())), "0: larger than 1 MiB\n");
    EXPECT_EQ(reasons(read_env_file("/nowhere/docker-run.env")), "0: cannot be read\n");
    EXPECT_EQ(reasons(read_env_file("/")), "0: cannot be read\n");
}

} // namespace
} // namespace docker_run
