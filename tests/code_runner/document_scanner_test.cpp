#include "document_scanner.hpp"

#include <gtest/gtest.h>

#include <string>

namespace code_runner {
namespace {

using state = document_scanner::state;

struct scan {
    state end;
    std::size_t size;
};

scan scan_at_once(std::string_view text) {
    document_scanner scanner;
    const state end = scanner.feed(text);
    return {end, scanner.size()};
}

scan scan_byte_by_byte(std::string_view text) {
    document_scanner scanner;
    state end = state::incomplete;
    for (const char byte : text)
        end = scanner.feed({&byte, 1});
    return {end, scanner.size()};
}

TEST(document_scanner, finds_the_closing_brace) {
    for (const std::string document :
         {R"({})", R"({"a":{"b":[1,{}]}})", R"({"a":"}"})", R"({"a":"\"}"})", R"({"a":"\\"})", " \n\t\r{}"}) {
        const scan whole = scan_at_once(document + "{ and more");
        EXPECT_EQ(whole.end, state::complete) << document;
        EXPECT_EQ(whole.size, document.size()) << document;
    }
}

TEST(document_scanner, waits_while_the_object_is_open) {
    for (const char* text : {"", " ", "{", R"({"a)", R"({"a":"\")", R"({"a":[1})", R"({"}")"})
        EXPECT_EQ(scan_at_once(text).end, state::incomplete) << text;
}

TEST(document_scanner, refuses_what_does_not_start_with_a_brace) {
    for (const char* text : {"[]", "1", "\"{}\"", "null", "}", " x{}", "\xEF\xBB\xBF{}"})
        EXPECT_EQ(scan_at_once(text).end, state::not_an_object) << text;
}

TEST(document_scanner, gives_the_same_result_for_single_bytes) {
    for (const std::string text : {R"({"a":"\\\"}"} tail)", "{", "[", R"({"x":[{"y":"]"}]})"}) {
        EXPECT_EQ(scan_byte_by_byte(text).end, scan_at_once(text).end) << text;
        EXPECT_EQ(scan_byte_by_byte(text).size, scan_at_once(text).size) << text;
    }
}

} // namespace
} // namespace code_runner
