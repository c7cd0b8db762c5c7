#include "http/error.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace docker_run::http {
namespace {

std::string message_of(std::string_view body) {
    return nlohmann::json::parse(body).at("message").get<std::string>();
}

TEST(error_body, names_the_code_and_then_the_message) {
    EXPECT_EQ(error_body("route.not_found", "Route not found"),
              R"({"error":"route.not_found","message":"Route not found"})");
}

TEST(error_body, keeps_a_message_of_the_limit_whole) {
    const std::string message(max_message_size, 'x');
    EXPECT_EQ(message_of(error_body("e", message)), message);
}

TEST(error_body, cuts_a_message_that_is_one_byte_longer) {
    EXPECT_EQ(message_of(error_body("e", std::string(max_message_size + 1, 'x'))).size(), max_message_size);
}

TEST(error_body, escapes_control_characters) {
    const std::string message = std::string("a\r\nb") + '\0' + "c";
    const std::string body = error_body("e", message);
    EXPECT_EQ(body.find('\n'), std::string::npos);
    EXPECT_EQ(message_of(body), message);
}

TEST(bounded_utf8, replaces_what_is_not_utf8) {
    EXPECT_EQ(bounded_utf8("a\xFFz", 100), "a\xEF\xBF\xBDz");
    EXPECT_EQ(bounded_utf8("cut\xE2\x82", 100), "cut\xEF\xBF\xBD");
}

TEST(bounded_utf8, cuts_between_characters) {
    const std::string euro = "\xE2\x82\xAC";
    EXPECT_EQ(bounded_utf8(euro + euro, 6), euro + euro);
    EXPECT_EQ(bounded_utf8(euro + euro, 5), euro);
    EXPECT_EQ(bounded_utf8(euro + euro, 2), "");
}

TEST(bounded_utf8, stays_within_its_bound_when_every_byte_is_replaced) {
    EXPECT_LE(bounded_utf8(std::string(10000, '\x80'), 4096).size(), 4096U);
}

} // namespace
} // namespace docker_run::http
