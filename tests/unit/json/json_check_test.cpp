#include "json/json_check.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace docker_run {
namespace {

using namespace std::string_literals;

std::string verdict(std::string_view text) {
    const auto fault = check_json(text);
    return fault ? to_string(*fault) : "valid";
}

TEST(check_json_test, says_why_and_where) {
    const auto key = "syntax error while parsing object key - "s;
    const auto value = "syntax error while parsing value - "s;
    const auto object = "syntax error while parsing object - "s;
    struct {
        std::string text;
        std::string expected;
    } const cases[] = {
        {"{}", "valid"},
        {" \t\r\n{\"a\":[1,-0,1.0,18446744073709551616,123456789012345678901234567890]}\n ", "valid"},
        {R"({"a":1,"a":2})", "valid"},
        {"{\"a\":\"\xf0\x9f\x98\x80 \\ud83d\\ude00\"}", "valid"},
        {"", value + "unexpected end of input; expected '[', '{', or a literal at byte 0"},
        {"  ", value + "unexpected end of input; expected '[', '{', or a literal at byte 2"},
        {"[]", "not an object at byte 0"},
        {" null", "not an object at byte 1"},
        {"\"a\"", "not an object at byte 0"},
        {"{", key + "unexpected end of input; expected string literal at byte 1"},
        {"{\"a\"",
         "syntax error while parsing object separator - unexpected end of input; expected ':' at byte 4"},
        {"{\"a\":}", value + "unexpected '}'; expected '[', '{', or a literal at byte 5"},
        {"{\"a\":1,}", key + "unexpected '}'; expected string literal at byte 7"},
        {"{} {}", value + "unexpected '{'; expected end of input at byte 3"},
        {"{}x", value + "invalid literal at byte 2"},
        {"{\"a\":01}", object + "unexpected number literal; expected '}' at byte 6"},
        {"{\"a\":NaN}", value + "invalid literal at byte 5"},
        {"{\"a\":1e400}", "number out of range at byte 9"},
        {"{\"a\":\"\xff\"}", value + "invalid string: ill-formed UTF-8 byte at byte 6"},
        {"{\"a\":\"\xc0\x80\"}", value + "invalid string: ill-formed UTF-8 byte at byte 6"},
        {"{\"a\":\"\xed\xa0\x80\"}", value + "invalid string: ill-formed UTF-8 byte at byte 7"},
        {"{\"a\":\"\n\"}",
         value + "invalid string: control character U+000A (LF) must be escaped to \\u000A or \\n at byte 6"},
        {R"({"a":"\ud800"})",
         value + "invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF at byte 12"},
        {R"({"a":"\udc00"})",
         value + "invalid string: surrogate U+DC00..U+DFFF must follow U+D800..U+DBFF at byte 11"},
        {"\xef\xbb\xbf{}", "byte order mark at byte 0"},
        {"{}\0"s, "NUL byte at byte 2"},
        {"{}\0{"s, "NUL byte at byte 2"},
        {"{\"a\":\0}"s, "NUL byte at byte 5"},
        {"{\"a\":1 /* c */}", object + "invalid literal at byte 7"},
    };
    for (const auto& [text, expected] : cases)
        EXPECT_EQ(verdict(text), expected) << text;
}

TEST(check_json_test, takes_depth_128_and_refuses_129_and_a_million) {
    const auto nested = [](std::size_t depth) {
        return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
    };
    EXPECT_EQ(verdict(nested(128)), "valid");
    EXPECT_EQ(verdict(nested(129)), "nested deeper than 128 levels at byte 132");
    EXPECT_EQ(verdict(nested(1'000'000)), "nested deeper than 128 levels at byte 132");
    EXPECT_EQ(verdict(std::string(1'000'000, '[')), "not an object at byte 0");
}

// None of these may take more than linear time; a minute is far above what that takes with sanitizers.
TEST(check_json_test, judges_huge_texts_in_bounded_time) {
    const auto begin = std::chrono::steady_clock::now();

    EXPECT_EQ(verdict("{\"a\":" + std::string(1'000'000, '1') + "}"), "number out of range at byte 1000004");
    EXPECT_EQ(verdict("{\"a\":0." + std::string(1'000'000, '1') + "}"), "valid");
    std::string members = "{";
    for (int count = 0; count < 150'000; ++count)
        members += "\"k\":0,";
    EXPECT_EQ(verdict(members + "\"k\":0}"), "valid");
    EXPECT_EQ(verdict("{\"" + std::string(1'000'000, 'k')).substr(0, 60),
              "syntax error while parsing object key - invalid string: miss");

    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::minutes(1));
}

TEST(check_json_test, repeats_nothing_of_the_text) {
    const auto said = verdict("{\"a\":\"secret\x1b[31m");
    EXPECT_EQ(said.find("secret"), std::string::npos) << said;
    EXPECT_LT(verdict("{\"a\":" + std::string(1'000'000, '9') + "x").size(), 200U);
}

} // namespace
} // namespace docker_run
