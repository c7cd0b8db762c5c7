#include "settings/temporary_file.hpp"
#include "settings/token_file.hpp"
#include "settings/token_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace docker_run {
namespace {

using testing::ElementsAre;

std::vector<std::string> tokens_in(std::string_view content) {
    const temporary_file file(content);
    auto read = read_token_file(file.path());
    std::vector<std::string> texts;
    if (const auto* tokens = std::get_if<std::vector<access_token>>(&read))
        for (const auto& each : *tokens)
            texts.push_back(each.text);
    return texts;
}

std::vector<access_token> all_of(std::string_view content) {
    const temporary_file file(content);
    auto read = read_token_file(file.path());
    EXPECT_TRUE(std::holds_alternative<std::vector<access_token>>(read));
    return std::get<std::vector<access_token>>(std::move(read));
}

std::string reason_for_path(const std::string& path) {
    const auto read = read_token_file(path);
    const auto* fault = std::get_if<token_file_fault>(&read);
    return fault != nullptr ? fault->reason : "read";
}

std::string reason_for(std::string_view content, mode_t mode = 0600) {
    return reason_for_path(temporary_file(content, mode).path());
}

TEST(token_file_test, holds_one_token_a_line) {
    EXPECT_THAT(tokens_in("a"), ElementsAre("a"));
    EXPECT_THAT(tokens_in("a\n"), ElementsAre("a"));
    EXPECT_THAT(tokens_in("\nab~!\n\n#c\n"), ElementsAre("ab~!", "#c"));
}

TEST(token_file_test, is_refused_without_a_token) {
    EXPECT_EQ(reason_for(""), "no token in it");
    EXPECT_EQ(reason_for("\n\n"), "no token in it");
}

TEST(token_file_test, is_refused_with_a_line_that_no_header_can_carry_and_not_repeated) {
    EXPECT_EQ(reason_for("a\nb c\n"),
              "line 2 is not a token, or what follows it is not name=, runs=, queue=, weight= or images=");
    EXPECT_EQ(reason_for(" a\n"), "line 1 is not a token");
    EXPECT_EQ(reason_for("a\tname=b\n"), "line 1 is not a token");
    EXPECT_EQ(reason_for("a\r\n"), "line 1 is not a token");
    EXPECT_EQ(reason_for("\xc3\xa9\n"), "line 1 is not a token");
    EXPECT_EQ(reason_for(std::string("a\0b", 3)), "line 1 is not a token");
}

TEST(token_file_test, gives_tokens_names_and_shares) {
    const auto tokens = all_of("bare\nt1 name=glot runs=4 queue=16 weight=2 images=docker-run/*,python:3\n"
                               "t2  weight=7  name=x\nt3 runs=3 name=A.z_0-9\n");
    ASSERT_EQ(tokens.size(), 4U);
    EXPECT_EQ(*tokens[0].owner, caller());
    EXPECT_EQ(tokens[1].text, "t1");
    EXPECT_EQ(tokens[1].owner->name, "glot");
    EXPECT_EQ(tokens[1].owner->share, (caller_share{4, 16, 2}));
    EXPECT_TRUE(tokens[1].owner->may_run("docker-run/c"));
    EXPECT_TRUE(tokens[1].owner->may_run("library/python:3"));
    EXPECT_FALSE(tokens[1].owner->may_run("python:2"));
    EXPECT_EQ(tokens[2].owner->share, (caller_share{caller_share::unbounded, caller_share::unbounded, 7}));
    EXPECT_TRUE(tokens[2].owner->may_run("any"));
    EXPECT_EQ(tokens[3].owner->share, (caller_share{3, 12, 1})) << "four may wait for each that may run";
}

TEST(token_file_test, gives_tokens_of_one_name_one_owner) {
    const auto tokens = all_of("a\nb\nc name=n runs=1\nd runs=1 queue=4 name=n\n");
    EXPECT_EQ(tokens[0].owner, tokens[1].owner);
    EXPECT_EQ(tokens[2].owner, tokens[3].owner);
    EXPECT_NE(tokens[0].owner, tokens[2].owner);
}

TEST(token_file_test, names_the_line_and_the_key_that_are_wrong_and_never_the_token) {
    const std::pair<std::string, std::string> cases[] = {
        {"geheim runs=2", "has runs without a name"},
        {"geheim name=", "has a wrong name: it must be 1 to 64 of the characters A-Z a-z 0-9 . _ -"},
        {"geheim name=a/b", "has a wrong name: it must be 1 to 64 of the characters A-Z a-z 0-9 . _ -"},
        {"geheim name=" + std::string(65, 'a'),
         "has a wrong name: it must be 1 to 64 of the characters A-Z a-z 0-9 . _ -"},
        {"geheim name=a runs=0", "has a wrong runs: it must be an integer from 1 to 1024"},
        {"geheim name=a runs=1025", "has a wrong runs: it must be an integer from 1 to 1024"},
        {"geheim name=a runs=", "has a wrong runs: it must be an integer from 1 to 1024"},
        {"geheim name=a queue=-1", "has a wrong queue: it must be an integer from 0 to 1000000"},
        {"geheim name=a queue=1x", "has a wrong queue: it must be an integer from 0 to 1000000"},
        {"geheim name=a weight=0", "has a wrong weight: it must be an integer from 1 to 1000"},
        {"geheim name=a weight=1.5", "has a wrong weight: it must be an integer from 1 to 1000"},
        {"geheim name=a images=",
         "has a wrong images: it must be image patterns such as docker-run/*, separated by commas"},
        {"geheim name=a images=b,",
         "has a wrong images: it must be image patterns such as docker-run/*, separated by commas"},
        {"geheim name=a runs=1 runs=1", "has runs twice"},
        {"geheim name=a name=a", "has name twice"},
        {"geheim name=x", "does not say the same of its name as line 1"},
        {"bare name=a", "has a token that is there already, with another name"},
        {"geheim name=a Runs=1",
         "is not a token, or what follows it is not name=, runs=, queue=, weight= or images="},
        {"geheim name", "is not a token, or what follows it is not name=, runs=, queue=, weight= or images="},
    };
    for (const auto& [line, reason] : cases)
        EXPECT_EQ(reason_for("t name=x runs=1\nbare\n" + line + "\n"), "line 3 " + reason) << line;
}

TEST(token_file_test, is_refused_when_its_group_or_others_may_write_it) {
    EXPECT_EQ(reason_for("a", 0640), "read");
    EXPECT_EQ(reason_for("a", 0444), "read");
    EXPECT_EQ(reason_for("a", 0660), "writable by its group");
    EXPECT_EQ(reason_for("a", 0602), "writable by others");
}

TEST(token_file_test, is_refused_when_it_belongs_to_a_stranger) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "only root gives a file away";
    const temporary_file file("a");
    ASSERT_EQ(::chown(file.path().c_str(), 65534, 0), 0);
    EXPECT_EQ(reason_for_path(file.path()), "owned by user 65534, who is neither root nor the daemon's own");
}

TEST(token_file_test, is_refused_when_it_is_missing_or_no_file) {
    EXPECT_EQ(reason_for_path("/nowhere/token"), "No such file or directory");
    EXPECT_EQ(reason_for_path("/"), "not a regular file");
    EXPECT_EQ(reason_for_path("/dev/null"), "not a regular file");

    const temporary_file name("");
    ASSERT_EQ(::unlink(name.path().c_str()), 0);
    ASSERT_EQ(::mkfifo(name.path().c_str(), 0600), 0);
    EXPECT_EQ(reason_for_path(name.path()), "not a regular file"); // and does not wait for a writer
}

TEST(token_file_test, holds_65536_bytes_and_not_one_more) {
    std::string content(max_token_file_size - 1, '\n');
    content += "a";
    EXPECT_EQ(reason_for(content), "read");
    EXPECT_EQ(reason_for(content + "\n"), "larger than 65536 bytes");
}

TEST(token_file_test, takes_a_token_of_1024_characters_and_not_one_more) {
    EXPECT_TRUE(is_access_token(std::string(1024, 'a')));
    EXPECT_FALSE(is_access_token(std::string(1025, 'a')));
    EXPECT_FALSE(is_access_token(""));
}

} // namespace
} // namespace docker_run
