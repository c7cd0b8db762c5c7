#include "failure.hpp"
#include "request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace code_runner {
namespace {

using testing::HasSubstr;

std::string complaint_about(const std::string& document) {
    try {
        parse_request(document, "python");
    } catch (const failure& error) {
        return error.what();
    }
    return "none";
}

TEST(request, reads_a_language_with_its_files) {
    const caller_request read = parse_request(
        R"({"language":"python","files":[{"name":"a/b.py","content":"x","mode":1}],"stdin":"in","extra":[]})",
        "python");
    EXPECT_EQ(read.language, "python");
    EXPECT_FALSE(read.commands);
    ASSERT_EQ(read.files.size(), 1U);
    EXPECT_EQ(read.files[0].name, "a/b.py");
    EXPECT_EQ(read.files[0].content, "x");
    EXPECT_EQ(read.input, "in");
}

TEST(request, takes_a_null_or_missing_stdin_and_command_as_empty) {
    for (const std::string members : {"", R"(,"stdin":null,"command":null)", R"(,"command":"")"}) {
        const caller_request read = parse_request(
            R"({"language":"python","files":[{"name":"a","content":"x"}])" + members + "}", "python");
        EXPECT_EQ(read.input, "");
        EXPECT_FALSE(read.commands) << members;
    }
}

TEST(request, has_one_spelling_for_each_name) {
    const caller_request read = parse_request(
        R"({"language":"python","files":[{"name":"./a//b/./c","content":"x"},{"name":"d","content":"y"}]})",
        "python");
    ASSERT_EQ(read.files.size(), 2U);
    EXPECT_EQ(read.files[0].name, "a/b/c");
    EXPECT_EQ(read.files[1].name, "d");
}

// As if all were written in order: the last one is there then, and the first one is still the main file.
TEST(request, takes_the_last_content_of_a_file_that_is_named_twice) {
    const caller_request read = parse_request(
        R"({"language":"python","files":[{"name":"m","content":"1"},{"name":"a","content":"2"},)"
        R"({"name":"./m","content":"3"},{"name":"a","content":"4"}]})",
        "python");
    ASSERT_EQ(read.files.size(), 2U);
    EXPECT_EQ(read.files[0].name, "m");
    EXPECT_EQ(read.files[0].content, "3");
    EXPECT_EQ(read.files[1].name, "a");
    EXPECT_EQ(read.files[1].content, "4");
}

TEST(request, replaces_the_recipe_by_a_command) {
    const caller_request read = parse_request(R"({"language":"other","files":[],"command":"id"})", "python");
    const auto commands = read.commands.value();
    EXPECT_EQ(commands.run_command, "id");
    EXPECT_TRUE(commands.build_commands.empty());
}

TEST(request, reads_instructions) {
    const caller_request read =
        parse_request(R"({"runInstructions":{"buildCommands":["a","b"],"runCommand":"c"},"files":[]})", "");
    EXPECT_FALSE(read.language);
    const auto commands = read.commands.value();
    EXPECT_THAT(commands.build_commands, testing::ElementsAre("a", "b"));
    EXPECT_EQ(commands.run_command, "c");
}

TEST(request, prefers_the_language_where_both_shapes_fit) {
    const std::string both = R"({"language":"python","files":[{"name":"a","content":"x"}],)"
                             R"("runInstructions":{"buildCommands":[],"runCommand":"c"}})";
    EXPECT_TRUE(parse_request(both, "python").language);
    EXPECT_FALSE(parse_request(both, "ruby").language) << "a language that the image lacks does not fit";
}

TEST(request, refuses_what_is_no_request_with_a_sentence) {
    const std::string file = R"("files":[{"name":"a","content":"x"}])";
    struct row {
        std::string document;
        std::string complaint;
    };
    const std::vector<row> rows = {
        {"", "not valid JSON"},
        {"{", "not valid JSON"},
        {"[]", "not an object"},
        {"{}", "neither"},
        {R"({"files":[]})", "neither"},
        {R"({"language":"python"})", "missing field `files`"},
        {R"({"language":1,)" + file + "}", "`language` is not a string"},
        {R"({"language":"python","files":{}})", "`files` is not an array"},
        {R"({"language":"python","files":[1]})", "element of `files`"},
        {R"({"language":"python","files":[{"name":"a"}]})", "missing field `content`"},
        {R"({"language":"python","files":[{"name":7,"content":"x"}]})", "`name` is not a string"},
        {R"({"language":"python","files":[{"name":"","content":"x"}]})", "empty name"},
        {R"({"language":"python","files":[{"name":"a","content":""}]})", "empty content"},
        {R"({"language":"python","files":[{"name":"a\u0000b","content":"x"}]})", "NUL"},
        {R"({"language":"python","files":[{"name":"../a","content":"x"}]})", "'../a' is not one below"},
        {R"({"language":"python","files":[]})", "no files were given"},
        {R"({"language":"python","stdin":5,)" + file + "}", "`stdin` is not a string"},
        {R"({"language":"python","command":["x"],)" + file + "}", "`command` is not a string"},
        {R"({"language":"python","command":"a\u0000b",)" + file + "}", "NUL"},
        {R"({"runInstructions":[],"files":[]})", "`runInstructions` is not an object"},
        {R"({"runInstructions":{},"files":[]})", "`buildCommands` is not an array"},
        {R"({"runInstructions":{"buildCommands":[]},"files":[]})", "missing field `runCommand`"},
        {R"({"runInstructions":{"buildCommands":[1],"runCommand":"x"},"files":[]})",
         "`buildCommands` is not a string"},
        {R"({"language":"python","files":[{"name":"a","content":"\ud800"}]})", "not valid JSON"},
        {"{\"language\":\"python\",\"files\":[{\"name\":\"a\",\"content\":\"\xFF\"}]}", "not valid JSON"},
        {R"({"language":1e400,)" + file + "}", "not valid JSON"},
    };
    for (const row& row : rows)
        EXPECT_THAT(complaint_about(row.document), HasSubstr(row.complaint)) << row.document;
}

TEST(request, survives_a_million_brackets) {
    const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
    EXPECT_THAT(complaint_about(R"({"language":"python","files":)" + deep + "}"),
                HasSubstr("element of `files`"));
}

} // namespace
} // namespace code_runner
