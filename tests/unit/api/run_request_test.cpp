#include "api/run_request.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_run {
namespace {

using namespace std::string_literals;

const std::string prefix = "Failed to parse json from request: ";

std::string message_of(std::string_view body) {
    const auto result = parse_run_request(body);
    const auto* fault = std::get_if<run_request_fault>(&result);
    return fault != nullptr ? fault->message : "accepted";
}

TEST(run_request_test, takes_image_and_payload_in_any_order_among_other_members) {
    struct {
        std::string body;
        std::string image;
        std::string payload;
    } const cases[] = {
        {R"({"image":"a","payload":{}})", "a", "{}"},
        {R"( { "payload" : { } , "image" : "" } )", "", "{ }"},
        {R"({"x":[{"payload":1,"image":{}}],"image":"a","x":null,"payload":{"image":1,"payload":[]},"x":{}})",
         "a", R"({"image":1,"payload":[]})"},
        {R"({"im\u0061ge":"b\u0061:\"","p\u0061yload":{"a":"\u0061"}})", "ba:\"", R"({"a":"\u0061"})"},
        {R"({"Image":1,"image ":2,"image":"a","payload":{}})", "a", "{}"},
    };
    for (const auto& [body, image, payload] : cases) {
        const auto result = parse_run_request(body);
        ASSERT_TRUE(std::holds_alternative<run_request>(result)) << message_of(body);
        EXPECT_EQ(std::get<run_request>(result).image, image) << body;
        EXPECT_EQ(std::get<run_request>(result).payload, payload) << body;
    }
}

TEST(run_request_test, leaves_every_byte_of_the_payload_as_it_came) {
    const std::string payload = "{ \"z\":-0, \"a\":1.0,\t\"a\":18446744073709551616,\n"
                                "\"n\":123456789012345678901234567890,\"s\":\"\\u0041\\/\xc3\xa9}\" }";
    const auto body = "{\"image\":\"a\",\"payload\": " + payload + " }";
    const auto result = parse_run_request(body);
    ASSERT_TRUE(std::holds_alternative<run_request>(result)) << message_of(body);

    const auto slice = std::get<run_request>(result).payload;
    EXPECT_EQ(slice, payload);
    EXPECT_EQ(slice.data(), body.data() + body.find(payload));
}

TEST(run_request_test, names_the_member_that_is_wrong) {
    struct {
        std::string body;
        std::string expected;
    } const cases[] = {
        {"{}", "member 'image' is missing"},
        {R"({"payload":{}})", "member 'image' is missing"},
        {R"({"image":"a"})", "member 'payload' is missing"},
        {R"({"x":{"image":"a","payload":{}}})", "member 'image' is missing"},
        {R"({"image":null,"payload":{}})", "member 'image' must be a string, not null"},
        {R"({"image":1,"payload":{}})", "member 'image' must be a string, not a number"},
        {R"({"image":-1,"payload":{}})", "member 'image' must be a string, not a number"},
        {R"({"image":1.5,"payload":{}})", "member 'image' must be a string, not a number"},
        {R"({"image":true,"payload":{}})", "member 'image' must be a string, not a boolean"},
        {R"({"image":["a"],"payload":{}})", "member 'image' must be a string, not an array"},
        {R"({"image":{},"payload":{}})", "member 'image' must be a string, not an object"},
        {R"({"image":"a","payload":null})", "member 'payload' must be an object, not null"},
        {R"({"image":"a","payload":"{}"})", "member 'payload' must be an object, not a string"},
        {R"({"image":"a","payload":[{}]})", "member 'payload' must be an object, not an array"},
        {R"({"image":"a","payload":0})", "member 'payload' must be an object, not a number"},
        {R"({"image":"a","payload":{},"image":"a"})", "duplicate member 'image'"},
        {R"({"image":"a","payload":{},"im\u0061ge":"a"})", "duplicate member 'image'"},
        {R"({"image":"a","payload":{},"payload":1})", "duplicate member 'payload'"},
    };
    for (const auto& [body, expected] : cases)
        EXPECT_EQ(message_of(body), prefix + expected) << body;
}

TEST(run_request_test, names_the_offset_where_the_body_is_no_object) {
    struct {
        std::string body;
        std::string expected;
    } const cases[] = {
        {"[]", "not an object at byte 0"},
        {" \"image\"", "not an object at byte 1"},
        {"\xef\xbb\xbf{}", "byte order mark at byte 0"},
        {R"({"image":"a","payload":{}})"s + '\0', "NUL byte at byte 26"},
        {"{\"image\":\"\xff\"}",
         "syntax error while parsing value - invalid string: ill-formed UTF-8 byte at byte 10"},
        {R"({"image":"a","payload":{}} x)", "syntax error while parsing value - invalid literal at byte 27"},
        {R"({"image":"a","payload":{"n":1e400}})", "number out of range at byte 32"},
    };
    for (const auto& [body, expected] : cases)
        EXPECT_EQ(message_of(body), prefix + expected) << body;
}

TEST(run_request_test, accepts_no_prefix_of_a_request) {
    const std::string body = R"({"image":"a","payload":{"b":[1]}})";
    for (std::size_t size = 0; size < body.size(); ++size)
        EXPECT_EQ(message_of(std::string_view(body).substr(0, size)).rfind(prefix, 0), 0U) << size;
}

// The payload is one level below the body.
TEST(run_request_test, takes_a_body_of_depth_128_and_refuses_129) {
    const auto body = [](std::size_t depth) {
        return R"({"image":"a","payload":{"a":)" + std::string(depth - 2, '[') + std::string(depth - 2, ']') +
               "}}";
    };
    EXPECT_EQ(message_of(body(128)), "accepted");
    EXPECT_EQ(message_of(body(129)), prefix + "nested deeper than 128 levels at byte 154");
}

TEST(run_request_test, takes_150000_members_in_one_pass) {
    std::string members;
    for (int count = 0; count < 150'000; ++count)
        members += "\"k\":0,";
    EXPECT_EQ(message_of("{" + members + R"("image":"a","payload":{}})"), "accepted");
}

TEST(run_request_test, takes_binary_for_a_live_run_only) {
    const auto parsed = [](std::string_view body, run_form form) {
        const auto result = parse_run_request(body, form);
        const auto* request = std::get_if<run_request>(&result);
        if (request == nullptr)
            return std::get<run_request_fault>(result).message;
        return request->binary ? "binary"s : "text"s;
    };
    const std::string all = R"({"image":"a","payload":{"binary":true})";
    EXPECT_EQ(parsed(all + "}", run_form::live), "text");
    EXPECT_EQ(parsed(all + R"(,"binary":true})", run_form::live), "binary");
    EXPECT_EQ(parsed(all + R"(,"binary":false})", run_form::live), "text");
    EXPECT_EQ(parsed(all + R"(,"binary":null})", run_form::live),
              prefix + "member 'binary' must be a boolean, not null");
    EXPECT_EQ(parsed(all + R"(,"binary":{}})", run_form::live),
              prefix + "member 'binary' must be a boolean, not an object");
    EXPECT_EQ(parsed(all + R"(,"binary":true,"binary":true})", run_form::live),
              prefix + "duplicate member 'binary'");
    EXPECT_EQ(parsed(all + R"(,"binary":null,"binary":true})", run_form::plain), "text");
}

TEST(run_request_test, takes_a_terminal_for_an_interactive_run_only) {
    const auto parsed = [](const std::string& tty, run_form form = run_form::interactive) {
        const auto body = R"({"image":"a","tty":)" + tty + R"(,"payload":{"tty":1,"rows":2}})";
        const auto result = parse_run_request(body, form);
        const auto* request = std::get_if<run_request>(&result);
        if (request == nullptr)
            return std::get<run_request_fault>(result).message;
        return request->tty ? std::to_string(request->tty->rows) + "x" + std::to_string(request->tty->columns)
                            : "none"s;
    };
    EXPECT_EQ(parsed(R"({"rows":24,"columns":80})"), "24x80");
    EXPECT_EQ(parsed(R"({"columns":65535,"rows":1})"), "1x65535");
    EXPECT_EQ(parsed("null", run_form::live), "none");
    EXPECT_EQ(parsed(R"({"rows":24,"columns":80},"tty":{})"), prefix + "duplicate member 'tty'");
    for (const char* wrong :
         {"null", "true", "1", "[]", "{}", R"({"rows":24})", R"({"rows":0,"columns":80})",
          R"({"rows":24,"columns":65536})", R"({"rows":-1,"columns":80})", R"({"rows":2.5,"columns":80})",
          R"({"rows":24,"columns":80,"x":1})", R"({"rows":24,"rows":24,"columns":80})",
          R"({"rows":"24","columns":80})", R"({"rows":{},"columns":80})"})
        EXPECT_EQ(parsed(wrong),
                  prefix + "member 'tty' must be an object of 'rows' and 'columns', from 1 to 65535")
            << wrong;
}

} // namespace
} // namespace docker_run
