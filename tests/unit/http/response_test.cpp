#include "http/request_id.hpp"
#include "http/response.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace docker_run::http {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

response with_body(std::string body) {
    response answer;
    answer.body = std::move(body);
    return answer;
}

TEST(response, is_json_of_the_body_s_length) {
    const std::string head = serialize_head(with_body("{}"), "id", true);
    EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(head, HasSubstr("\r\nContent-Type: application/json\r\n"));
    EXPECT_THAT(head, HasSubstr("\r\nContent-Length: 2\r\n"));
    EXPECT_THAT(head, testing::EndsWith("\r\n\r\n"));
}

TEST(response, carries_request_id_date_and_connection) {
    EXPECT_THAT(serialize_head(with_body(""), "id", true), HasSubstr("\r\nX-Request-Id: id\r\n"));
    EXPECT_THAT(serialize_head(with_body(""), "id", true), HasSubstr("\r\nConnection: keep-alive\r\n"));
    EXPECT_THAT(serialize_head(with_body(""), "id", false), HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_THAT(
        serialize_head(with_body(""), "id", true),
        testing::ContainsRegex("\r\nDate: [A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT\r\n"));
}

TEST(response, of_no_content_names_neither_type_nor_length) {
    response answer;
    answer.status = 204;
    const std::string head = serialize_head(answer, "id", true);
    EXPECT_THAT(head, Not(HasSubstr("Content-")));
}

TEST(response, never_lets_a_field_s_value_become_a_line) {
    response answer;
    answer.fields.emplace_back("Allow", std::string("a\r\nX: b\0c\x7F\xFF", 11));
    EXPECT_THAT(serialize_head(answer, "id", true), HasSubstr("\r\nAllow: a??X: b?c??\r\n"));
}

TEST(response, of_an_error_has_its_json) {
    const response answer = error_response(404, "route.not_found", "Route not found");
    EXPECT_EQ(answer.status, 404U);
    EXPECT_EQ(answer.body, R"({"error":"route.not_found","message":"Route not found"})");
}

TEST(request_id, is_taken_over_up_to_128_harmless_characters) {
    EXPECT_TRUE(is_request_id("aZ09._-"));
    EXPECT_TRUE(is_request_id(std::string(128, 'a')));
    EXPECT_FALSE(is_request_id(std::string(129, 'a')));
    EXPECT_FALSE(is_request_id(""));
    EXPECT_FALSE(is_request_id("a b"));
    EXPECT_FALSE(is_request_id("a\n"));
    EXPECT_FALSE(is_request_id("\xC3\xA4"));
}

TEST(request_id, of_ours_is_valid_and_fresh_each_time) {
    EXPECT_TRUE(is_request_id(new_request_id()));
    EXPECT_NE(new_request_id(), new_request_id());
}

} // namespace
} // namespace docker_run::http
