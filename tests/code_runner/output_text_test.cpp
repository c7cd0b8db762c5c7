#include "output_text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace code_runner {
namespace {

constexpr std::size_t plenty = 1 << 20;
const std::string replacement = "\xEF\xBF\xBD";

std::string encode(std::string_view bytes, std::size_t limit = plenty) {
    output_text text{limit};
    text.append(bytes);
    text.finish();
    return text.encoded();
}

std::string decode(const std::string& encoded) {
    return nlohmann::json::parse("\"" + encoded + "\"").get<std::string>();
}

TEST(output_text, escapes_what_json_forbids) {
    EXPECT_EQ(encode("a\"b\\c"), R"(a\"b\\c)");
    EXPECT_EQ(encode("\b\f\n\r\t"), R"(\b\f\n\r\t)");
    EXPECT_EQ(encode(std::string_view{"\0\x01\x1f", 3}), R"(\u0000\u0001\u001f)");
    EXPECT_EQ(encode("\x7f"), "\x7f");
}

TEST(output_text, keeps_every_well_formed_character) {
    for (const std::string text :
         {"", "plain", "é", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
          "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "a€b😀c"})
        EXPECT_EQ(encode(text), text);
}

// Unicode 15, section 3.9, tables 3-8 to 3-11: substitution of maximal subparts.
TEST(output_text, replaces_each_ill_formed_sequence) {
    struct row {
        std::string bytes;
        std::string expected;
    };
    const std::string r = replacement;
    const std::vector<row> rows = {
        {"\xFF", r},
        {"a\x80z", "a" + r + "z"},
        {"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", r + r + r + r + r + r + r + r + "A"},
        {"\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", r + r + r + r + r + r + r + r + "A"},
        {"\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", r + r + r + r + r + "A" + r + r + "B"},
        {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", r + r + r + r + "A"},
        {"\xE2\x82", r},
        {"\xE2\x82\"", r + "\\\""},
    };
    for (const row& row : rows)
        EXPECT_EQ(encode(row.bytes), row.expected);
}

TEST(output_text, does_not_care_how_the_bytes_are_cut) {
    const std::string bytes = "a\xE2\x82\xAC\xE2\x82\xF0\x9F\x98\x80\n\x80z\xF0\x9F";
    output_text single{plenty};
    for (const char byte : bytes)
        single.append({&byte, 1});
    single.finish();
    EXPECT_EQ(single.encoded(), encode(bytes));
}

TEST(output_text, is_whole_at_its_limit_and_cut_one_past_it) {
    output_text at{5};
    at.append("12345");
    EXPECT_EQ(at.encoded(), "12345");
    EXPECT_FALSE(at.truncated());

    output_text past{5};
    past.append("123456");
    EXPECT_EQ(past.encoded(), "12345");
    EXPECT_TRUE(past.truncated());
}

TEST(output_text, drops_a_character_that_fits_only_in_part) {
    EXPECT_EQ(encode("abc€d", 5), "abc");
    EXPECT_EQ(encode("abc€d", 6), "abc€");
    EXPECT_EQ(encode(std::string_view{"ab\0d", 4}, 7), "ab");
    EXPECT_EQ(encode("ab\nd", 3), "ab");
}

TEST(output_text, keeps_only_the_head_once_something_was_dropped) {
    output_text text{4};
    text.append("abc\x01");
    text.append("d");
    text.finish();
    EXPECT_EQ(text.encoded(), "abc");
}

TEST(encoded_head, never_splits_an_escape_or_a_character) {
    const std::string encoded = encode("a\"\x01é😀\n");
    for (std::size_t size = 0; size <= encoded.size(); ++size) {
        const std::string head{encoded_head(encoded, size)};
        EXPECT_LE(head.size(), size);
        EXPECT_NO_THROW(decode(head)) << head;
        EXPECT_LT(size - head.size(), 6U);
    }
}

TEST(output_text, only_counts_if_it_is_told_to) {
    for (const std::string bytes : {"plain", "a\n\"b", "\x01", "\xE2\x82", "€\xFF€", "a very long text\n\n"})
        for (std::size_t limit = 0; limit < 30; ++limit) {
            output_text kept{limit};
            output_text counted{limit, output_text::storage::counted};
            EXPECT_EQ(kept.append(bytes), counted.append(bytes));
            kept.finish();
            counted.finish();
            EXPECT_EQ(counted.size(), kept.encoded().size());
            EXPECT_EQ(counted.truncated(), kept.truncated());
            EXPECT_EQ(counted.encoded(), "");
        }
}

TEST(output_text, tells_where_it_began_to_drop) {
    EXPECT_EQ(output_text{5}.append("12345"), 5U);
    EXPECT_EQ(output_text{4}.append("12345"), 4U);
    EXPECT_EQ(output_text{4}.append("123\n5"), 3U);
    EXPECT_EQ(output_text{2}.append("€"), 2U); // the bytes of a character are taken until it is complete
    EXPECT_EQ(output_text{2}.append("\xFF"), 0U);
    EXPECT_EQ(output_text{0}.append("x"), 0U);
}

TEST(output_text, gives_what_is_complete_so_far_and_keeps_the_rest) {
    output_text text{4};
    text.append("ab\xE2\x82");
    EXPECT_EQ(text.take(), "ab");
    EXPECT_EQ(text.take(), "");
    text.append("\xAC");
    EXPECT_EQ(text.take(), "\xE2\x82\xAC");
    text.append("1234");
    EXPECT_FALSE(text.truncated()) << "the limit counts anew";
}

} // namespace
} // namespace code_runner
