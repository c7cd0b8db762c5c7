#include "json/quote.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace docker_run {
namespace {

TEST(quote_test, is_one_json_string_in_printable_ascii) {
    EXPECT_EQ(quote(""), R"("")");
    EXPECT_EQ(quote("plain text"), R"("plain text")");
    EXPECT_EQ(quote("a\"b\\c"), R"("a\"b\\c")");
    EXPECT_EQ(quote("a\r\nb\tc"), R"("a\r\nb\tc")");
    EXPECT_EQ(quote(std::string_view("\0\x1b[31m\x7f", 7)), R"("\u0000\u001b[31m\u007f")");
    EXPECT_EQ(quote("\xc3\xa9\xc2\x9b\xe2\x80\xae"), R"("\u00e9\u009b\u202e")");
    EXPECT_EQ(quote("\xff"), R"("\ufffd")");
}

TEST(quote_test, lets_no_byte_through_that_is_not_printable_ascii) {
    for (int byte = 0; byte < 256; ++byte) {
        const auto text = quote(std::string("a") + static_cast<char>(byte));
        EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; }))
            << byte;
    }
}

TEST(quote_test, shows_512_bytes_and_cuts_one_more) {
    EXPECT_EQ(quote(std::string(512, 'a')), '"' + std::string(512, 'a') + '"');
    EXPECT_EQ(quote(std::string(513, 'a')), '"' + std::string(512, 'a') + "...\"");
    EXPECT_EQ(quote(std::string(511, 'a') + "\xc3\xa9").substr(500), "aaaaaaaaaaaa\\ufffd...\"");
}

} // namespace
} // namespace docker_run
