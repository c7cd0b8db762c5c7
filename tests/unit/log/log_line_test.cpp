#include "json/quote.hpp"
#include "log/log_line.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace docker_run {
namespace {

std::string logfmt(const std::vector<log_field>& fields) {
    return format_event(log_format::logfmt, "run", fields);
}

std::string json_text(const std::vector<log_field>& fields) {
    return "{" + format_event(log_format::json, "run", fields) + "}";
}

TEST(log_line_test, omits_a_field_without_a_value) {
    const std::vector<log_field> fields = {{"live", std::optional<bool>()},
                                           {"bytes", std::optional(std::uint64_t{7})}};
    EXPECT_EQ(logfmt(fields), "event=run bytes=7");
    EXPECT_EQ(json_text(fields), R"({"event":"run","bytes":7})");
}

TEST(log_line_test, writes_each_type_of_value) {
    const std::string text = "text";
    const std::vector<log_field> fields = {
        {"literal", "a"},
        {"string", text},
        {"view", std::string_view("b")},
        {"negative", -1},
        {"status", std::uint16_t{200}},
        {"largest", std::numeric_limits<std::uint64_t>::max()},
        {"yes", true},
        {"ratio", 0.5},
        {"queue", std::chrono::microseconds(1'234)},
        {"run", std::chrono::seconds(2)},
        {"nothing", std::numeric_limits<double>::quiet_NaN()},
    };
    EXPECT_EQ(logfmt(fields),
              "event=run literal=a string=text view=b negative=-1 status=200 "
              "largest=18446744073709551615 yes=true ratio=0.500 queue=1.234 run=2000.000 nothing=null");
    EXPECT_EQ(
        json_text(fields),
        R"({"event":"run","literal":"a","string":"text","view":"b","negative":-1,"status":200,)"
        R"("largest":18446744073709551615,"yes":true,"ratio":0.500,"queue":1.234,"run":2000.000,"nothing":null})");
}

TEST(log_line_test, writes_an_event_without_fields) {
    EXPECT_EQ(logfmt({}), "event=run");
    EXPECT_EQ(json_text({}), R"({"event":"run"})");
}

TEST(log_line_test, leaves_out_a_field_without_a_text) {
    EXPECT_EQ(logfmt({{"message", ""}, {"status", 0}}), "event=run status=0");
    EXPECT_EQ(json_text({{"status", 0}, {"message", std::string()}}), R"({"event":"run","status":0})");
}

TEST(log_line_test, quotes_what_would_break_the_line_or_pass_for_another_field) {
    struct {
        std::string text;
        std::string logfmt;
        std::string json;
    } const cases[] = {
        {"docker-run/python:3@sha256", "docker-run/python:3@sha256", R"("docker-run/python:3@sha256")"},
        {"a b", R"("a b")", R"("a b")"},
        {"a=b", R"("a=b")", R"("a=b")"},
        {"a\"b", R"("a\"b")", R"("a\"b")"},
        {"a\\b", R"("a\\b")", R"("a\\b")"},
        {"x\r\nevent=run", R"("x\r\nevent=run")", R"("x\r\nevent=run")"},
        {"\x1b[31mred", R"("\u001b[31mred")", R"("\u001b[31mred")"},
        {"\xc2\x9b", R"("\u009b")", R"("\u009b")"},
        {"\xff", R"("\ufffd")", R"("\ufffd")"},
        {std::string(1, '\0'), R"("\u0000")", R"("\u0000")"},
    };
    for (const auto& [text, in_logfmt, in_json] : cases) {
        EXPECT_EQ(logfmt({{"text", text}}), "event=run text=" + in_logfmt);
        EXPECT_EQ(json_text({{"text", text}}), R"({"event":"run","text":)" + in_json + "}");
    }
}

TEST(log_line_test, is_one_line_of_printable_ascii_whatever_byte_comes) {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string text = std::string("a") + static_cast<char>(byte);
        const auto line = logfmt({{"text", text}});
        EXPECT_TRUE(std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; }))
            << byte;
        const auto parsed = nlohmann::json::parse(json_text({{"text", text}}));
        const std::string expected = byte < 0x80 ? text : "a\xef\xbf\xbd";
        EXPECT_EQ(parsed["text"], expected) << byte;
    }
}

TEST(log_line_test, shows_512_bytes_of_a_text_and_no_more) {
    const std::string fits(max_quoted_bytes, 'a');
    EXPECT_EQ(logfmt({{"image", fits}}), "event=run image=" + fits);
    EXPECT_EQ(logfmt({{"image", fits + "b"}}), "event=run image=\"" + fits + "...\"");
    EXPECT_LT(logfmt({{"image", std::string(1'000'000, '\n')}}).size(), 2 * max_quoted_bytes + 32);
    EXPECT_TRUE(nlohmann::json::accept(json_text({{"image", std::string(1'000'000, '\xf0')}})));
}

} // namespace
} // namespace docker_run
