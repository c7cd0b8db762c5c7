#include "temporary_file.hpp"
#include "token_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace docker_run {
namespace {

using testing::ElementsAre;

std::vector<std::string> tokens_in(std::string_view content) {
    const temporary_file file(content);
    auto read = read_token_file(file.path());
    auto* tokens = std::get_if<std::vector<std::string>>(&read);
    return tokens != nullptr ? *tokens : std::vector<std::string>{};
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
    EXPECT_EQ(reason_for("a\nb c\n"), "line 2 is not a token");
    EXPECT_EQ(reason_for("a\r\n"), "line 1 is not a token");
    EXPECT_EQ(reason_for("\xc3\xa9\n"), "line 1 is not a token");
    EXPECT_EQ(reason_for(std::string("a\0b", 3)), "line 1 is not a token");
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
