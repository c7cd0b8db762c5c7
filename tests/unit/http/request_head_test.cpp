#include "http/request_head.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_run::http {
namespace {

namespace bhttp = boost::beast::http;

std::optional<request_head> parse(std::string_view bytes) {
    head_gate gate;
    const auto accepted = std::get<accepted_head>(gate.inspect(bytes));
    return parse_head(bytes.substr(accepted.offset, accepted.size), accepted);
}

request_head parse_line(std::string_view line, std::string_view fields = "") {
    return parse(std::string(line) + "\r\nHost: a\r\n" + std::string(fields) + "\r\n").value();
}

TEST(request_head, has_method_path_and_fields) {
    const request_head head = parse_line("POST /run HTTP/1.1", "X-Access-Token:  t \r\n");
    EXPECT_EQ(head.method, "POST");
    EXPECT_EQ(head.verb, bhttp::verb::post);
    EXPECT_EQ(head.path, "/run");
    EXPECT_EQ(head.fields["x-access-token"], "t");
}

// Methods and targets.
TEST(request_head, keeps_a_method_that_http_does_not_know_as_text) {
    const request_head head = parse_line("BREW / HTTP/1.1");
    EXPECT_EQ(head.method, "BREW");
    EXPECT_EQ(head.verb, bhttp::verb::unknown);
}

TEST(request_head, has_a_path_without_query_and_authority) {
    EXPECT_EQ(parse_line("GET /run?x HTTP/1.1").path, "/run");
    EXPECT_EQ(parse_line("GET http://h:80/run?x HTTP/1.1").path, "/run");
    EXPECT_EQ(parse_line("GET HTTP://h HTTP/1.1").path, "/");
    EXPECT_EQ(parse_line("GET http://h?x HTTP/1.1").path, "/");
    EXPECT_EQ(parse_line("OPTIONS * HTTP/1.1").path, "*");
    EXPECT_EQ(parse_line("CONNECT h:443 HTTP/1.1").path, "h:443");
}

TEST(request_head, leaves_the_path_as_it_was_sent) {
    EXPECT_EQ(parse_line("GET //run HTTP/1.1").path, "//run");
    EXPECT_EQ(parse_line("GET /run/ HTTP/1.1").path, "/run/");
    EXPECT_EQ(parse_line("GET /%2e/run HTTP/1.1").path, "/%2e/run");
}

TEST(request_head, knows_whether_the_client_wants_to_go_on) {
    EXPECT_TRUE(parse_line("GET / HTTP/1.1").keep_alive);
    EXPECT_FALSE(parse_line("GET / HTTP/1.1", "Connection: Close\r\n").keep_alive);
    EXPECT_FALSE(parse_line("GET / HTTP/1.0").keep_alive);
    EXPECT_TRUE(parse_line("GET / HTTP/1.0", "Connection: keep-alive\r\n").keep_alive);
}

TEST(request_head, serves_a_higher_minor_version_as_1_1) {
    const request_head head = parse_line("GET /a HTTP/1.9");
    EXPECT_EQ(head.minor_version, 1U);
    EXPECT_EQ(head.path, "/a");
    EXPECT_TRUE(head.keep_alive);
}

TEST(request_head, knows_what_the_client_expects) {
    EXPECT_EQ(parse_line("POST / HTTP/1.1").expect, expectation::none);
    EXPECT_EQ(parse_line("POST / HTTP/1.1", "Expect: 100-Continue\r\n").expect, expectation::continue_100);
    EXPECT_EQ(parse_line("POST / HTTP/1.1", "Expect: tea\r\n").expect, expectation::unknown);
    EXPECT_EQ(parse_line("POST / HTTP/1.1", "Expect: 100-continue\r\nExpect: tea\r\n").expect,
              expectation::unknown);
    EXPECT_EQ(parse_line("POST / HTTP/1.0", "Expect: 100-continue\r\n").expect, expectation::none);
}

TEST(request_head, takes_every_framing_that_the_gate_lets_pass) {
    EXPECT_EQ(parse_line("POST / HTTP/1.1", "Content-Length: 18446744073709551615\r\n").framing.length,
              18446744073709551615U);
    EXPECT_EQ(parse_line("POST / HTTP/1.1", "Transfer-Encoding: chunked\r\n").framing.type,
              body_framing::kind::chunked);
}

TEST(request_head, is_nothing_where_beast_refuses_what_the_gate_accepts) {
    EXPECT_FALSE(parse("GET / HTTP/1.1\r\nHost: a\r\nConnection: a b\r\n\r\n"));
}

} // namespace
} // namespace docker_run::http
