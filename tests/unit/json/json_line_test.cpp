#include "json/json_line.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_run {
namespace {

TEST(compact_json, drops_white_space_outside_of_strings_and_nothing_else) {
    EXPECT_EQ(compact_json(" {\n\t\"a b\" : [ 1.50 , null ],\r\n \"c\\\"  d\" : \"\\\\\" , \"e\": { } } \n"),
              R"({"a b":[1.50,null],"c\"  d":"\\","e":{}})");
}

TEST(compact_json, leaves_compact_json_as_it_is) {
    for (const std::string text : {"{}", R"({"a":"\"","b":" "})", R"({"é":"\u00e9 "})"})
        EXPECT_EQ(compact_json(text), text);
}

TEST(compact_json, survives_text_that_is_no_json) {
    EXPECT_EQ(compact_json("\" \\"), "\" \\");
    EXPECT_EQ(compact_json(""), "");
}

TEST(escape_line_ends, escapes_the_three_line_ends_beyond_ascii) {
    std::string text = "a\xC2\x85"
                       "b\xE2\x80\xA8\xE2\x80\xA9"
                       "c";
    escape_line_ends(text);
    EXPECT_EQ(text, R"(a\u0085b\u2028\u2029c)");
}

TEST(escape_line_ends, leaves_every_other_character) {
    const std::string plain = "\xC2\x84 \xE2\x80\xA7 \xE2\x80\xAA \xE2\x82\xAC \xC3\xA9 \xE2";
    std::string text = plain;
    escape_line_ends(text);
    EXPECT_EQ(text, plain);
}

} // namespace
} // namespace docker_run
