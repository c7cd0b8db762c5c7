#include "http/head_gate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace docker_run::http {
namespace {

using namespace std::string_literals;

// What a head comes to: 0 for incomplete, 200 for accepted, else the status of the refusal.
unsigned status_of(const head_verdict& verdict) {
    if (const auto* reason = std::get_if<refusal>(&verdict))
        return reason->status;
    return std::holds_alternative<accepted_head>(verdict) ? 200 : 0;
}

head_verdict inspect(std::string_view bytes) {
    head_gate gate;
    return gate.inspect(bytes);
}

unsigned status_for(std::string_view bytes) {
    return status_of(inspect(bytes));
}

accepted_head accept(std::string_view bytes) {
    return std::get<accepted_head>(inspect(bytes));
}

std::string with_fields(std::string_view fields) {
    return "POST /run HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

std::string with_line(std::string_view line) {
    return std::string(line) + "\r\nHost: a\r\n\r\n";
}

struct head_case {
    std::string bytes;
    unsigned status;
};

const std::vector<head_case>& refused_heads() {
    static const std::vector<head_case> cases = {
        // Both framings, either order (RFC 9112, 6.3)
        {with_fields("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
        {with_fields("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400},
        {with_fields("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"), 400},
        // Transfer codings (RFC 9112, 6.1)
        {with_fields("Transfer-Encoding: gzip\r\n"), 400},
        {with_fields("Transfer-Encoding: identity\r\n"), 400},
        {with_fields("Transfer-Encoding: identity\r\nContent-Length: 5\r\n"), 400},
        {with_fields("Transfer-Encoding: xchunked\r\n"), 400},
        {with_fields("Transfer-Encoding: chunkedx\r\n"), 400},
        {with_fields("Transfer-Encoding: \"chunked\"\r\n"), 400},
        {with_fields("Transfer-Encoding: chunked;q=1\r\n"), 400},
        {with_fields("Transfer-Encoding:\r\n"), 400},
        {with_fields("Transfer-Encoding: ,\r\n"), 400},
        {with_fields("Transfer-Encoding: chunked,\r\n"), 400},
        {with_fields("Transfer-Encoding: ,chunked\r\n"), 400},
        {with_fields("Transfer-Encoding: chunked, gzip\r\n"), 400},
        {with_fields("Transfer-Encoding: chunked, chunked\r\n"), 400},
        {with_fields("Transfer-Encoding: gz ip, chunked\r\n"), 400},
        {with_fields("Transfer-Encoding: gzip, chunked\r\n"), 501},
        {with_fields("Transfer-Encoding: \vchunked\r\n"), 400},
        {with_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
        {with_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n"), 400},
        {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        // Content lengths (RFC 9110, 8.6)
        {with_fields("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
        {with_fields("Content-Length: 5\r\ncontent-length: 6\r\n"), 400},
        {with_fields("Content-Length: 5,5\r\n"), 400},
        {with_fields("Content-Length: +5\r\n"), 400},
        {with_fields("Content-Length: -1\r\n"), 400},
        {with_fields("Content-Length: 0x5\r\n"), 400},
        {with_fields("Content-Length: 5 5\r\n"), 400},
        {with_fields("Content-Length: 5.0\r\n"), 400},
        {with_fields("Content-Length:\r\n"), 400},
        {with_fields("Content-Length: 18446744073709551616\r\n"), 400},
        // The shape of a head (RFC 9112, 2.2, 3, 5)
        {with_fields("X: a\r\n b\r\n"), 400},
        {with_fields("X: a\r\n\tb\r\n"), 400},
        {"GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
        {"GET / HTTP/1.1\nHost: a\n\n", 400},
        {"GET / HTTP/1.1\rHost: a\r\r", 400},
        {with_fields("X: a\rb\r\n"), 400},
        {with_fields("X: a\nb\r\n"), 400},
        {with_fields("X: a\0b\r\n"s), 400},
        {with_fields("X: a\x01"
                     "b\r\n"),
         400},
        {with_fields("X: a\x7F"
                     "b\r\n"),
         400},
        {with_fields("X : a\r\n"), 400},
        {with_fields("X\t: a\r\n"), 400},
        {with_fields(": a\r\n"), 400},
        {with_fields("no colon\r\n"), 400},
        {with_fields("X(y): a\r\n"), 400},
        {with_fields("X\xC3\xA4: a\r\n"), 400},
        {with_line("GET /\xC3\xA4 HTTP/1.1"), 400},
        {with_line("GET /a#b HTTP/1.1"), 400},
        {with_line("GET /a\tb HTTP/1.1"), 400},
        {with_line("GET  / HTTP/1.1"), 400},
        {with_line("GET /  HTTP/1.1"), 400},
        {with_line("GET / HTTP/1.1 "), 400},
        {with_line(" GET / HTTP/1.1"), 400},
        {with_line("GET /a b HTTP/1.1"), 400},
        {with_line("G(T / HTTP/1.1"), 400},
        {with_line("GET run HTTP/1.1"), 400},
        {with_line("GET * HTTP/1.1"), 400},
        {with_line("GET ftp://a/ HTTP/1.1"), 400},
        {with_line("GET http:///run HTTP/1.1"), 400},
        {with_line("GET http://u@a/run HTTP/1.1"), 400},
        {with_line("CONNECT a HTTP/1.1"), 400},
        {with_line("CONNECT /a HTTP/1.1"), 400},
        {"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        // Host (RFC 9112, 3.2)
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.2\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", 400},
        {"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: user@a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: :80\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: []\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: \xC3\xA4\r\n\r\n", 400},
        // Other protocols and versions (RFC 9112, 2.3; RFC 9113, 3.4)
        {"GET /\r\n", 400},
        {"GET\r\n", 400},
        {"\r\n\r\n", 400},
        {with_line("GET / HTTP/0.9"), 505},
        {with_line("GET / HTTP/2.0"), 505},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {with_line("GET / HTTP/1.10"), 400},
        {with_line("GET / HTTP/1"), 400},
        {with_line("GET / HTTP/11"), 400},
        {with_line("GET / HTTP/+.1"), 400},
        {with_line("GET / http/1.1"), 400},
        {with_line("GET / ICY/1.1"), 400},
        {"\x16\x03\x01\x02\x00\x01"s, 400},
    };
    return cases;
}

TEST(head_gate, refuses_malformed_heads) {
    for (const auto& [bytes, status] : refused_heads())
        EXPECT_EQ(status_for(bytes), status) << bytes;
}

TEST(head_gate, accepts_what_the_rfcs_allow) {
    const std::vector<std::string> heads = {
        with_line("GET / HTTP/1.1"),
        with_line("GET /a?b=c&d=%20'(){}|\"<> HTTP/1.1"),
        with_line("M-SEARCH / HTTP/1.1"),
        with_line("OPTIONS * HTTP/1.1"),
        with_line("CONNECT a:443 HTTP/1.1"),
        with_line("CONNECT [::1]:443 HTTP/1.1"),
        with_line("GET http://a:80/run?x HTTP/1.1"),
        with_line("GET HTTPS://[::1]?x HTTP/1.1"),
        with_fields("X:\r\nY: \t a\tb \t\r\nZ: \xC3\xA4\r\n"),
        with_fields("Content-Length: 18446744073709551615\r\n"),
        with_fields("Transfer-Encoding: \t CHUNKED \r\n"),
        "GET / HTTP/1.1\r\nHost: a-b._~%20!$&'()*+;=:8080\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: [fe80::1.2.3.4]:80\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a:\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
    };
    for (const std::string& head : heads)
        EXPECT_EQ(status_for(head), 200U) << head;
}

TEST(head_gate, tells_how_the_body_is_framed) {
    using kind = body_framing::kind;
    EXPECT_EQ(accept(with_fields("")).framing, (body_framing{kind::none, 0}));
    EXPECT_EQ(accept(with_fields("content-LENGTH: 0042\r\n")).framing, (body_framing{kind::length, 42}));
    EXPECT_EQ(accept(with_fields("Transfer-Encoding: Chunked\r\n")).framing,
              (body_framing{kind::chunked, 0}));
}

TEST(head_gate, tells_the_minor_version) {
    EXPECT_EQ(accept("GET / HTTP/1.0\r\n\r\n").minor_version, 0U);
    EXPECT_EQ(accept(with_line("GET / HTTP/1.1")).minor_version, 1U);
    EXPECT_EQ(accept(with_line("GET / HTTP/1.2")).minor_version, 2U);
}

TEST(head_gate, tells_where_the_head_starts_and_ends) {
    const std::string head = with_line("GET / HTTP/1.1");
    const accepted_head plain = accept(head + "body");
    EXPECT_EQ(plain.offset, 0U);
    EXPECT_EQ(plain.size, head.size());
    const accepted_head behind_empty_line = accept("\r\n" + head + "body");
    EXPECT_EQ(behind_empty_line.offset, 2U);
    EXPECT_EQ(behind_empty_line.size, head.size());
}

std::string request_line_of(std::size_t size) {
    const std::string frame = "GET / HTTP/1.1";
    return "GET /" + std::string(size - frame.size(), 'a') + " HTTP/1.1";
}

// Each size of a head at its limit and one byte past it.
TEST(head_gate, takes_a_request_line_of_the_limit_and_no_byte_more) {
    EXPECT_EQ(status_for(with_line(request_line_of(max_request_line_size))), 200U);
    EXPECT_EQ(status_for(with_line(request_line_of(max_request_line_size + 1))), 414U);
    EXPECT_EQ(status_for(std::string(65536, 'A')), 414U);
}

std::string fields_of(std::size_t size) {
    const std::string frame = "Host: a\r\nX: \r\n\r\n";
    return "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(size - frame.size(), 'a') + "\r\n\r\n";
}

TEST(head_gate, takes_fields_of_the_limit_and_no_byte_more) {
    EXPECT_EQ(status_for(fields_of(max_fields_size)), 200U);
    EXPECT_EQ(status_for(fields_of(max_fields_size + 1)), 431U);
    EXPECT_EQ(status_for(fields_of(100'000)), 431U);
}

std::string fields_counting(unsigned count) {
    std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (unsigned i = 1; i < count; ++i)
        head += "X: y\r\n";
    return head + "\r\n";
}

TEST(head_gate, takes_a_hundred_fields_and_not_one_more) {
    EXPECT_EQ(status_for(fields_counting(max_field_count)), 200U);
    EXPECT_EQ(status_for(fields_counting(max_field_count + 1)), 431U);
    EXPECT_EQ(status_for(fields_counting(10'000)), 431U);
}

TEST(head_gate, waits_for_the_rest_of_every_prefix_of_a_valid_head) {
    const std::string head = "\r\n" + with_fields("Content-Length: 5\r\nX: y\r\n");
    for (std::size_t size = 0; size < head.size(); ++size)
        EXPECT_EQ(status_for(head.substr(0, size)), 0U) << size;
}

TEST(head_gate, refuses_random_bytes_before_it_has_read_a_kilobyte) {
    std::mt19937 random(1);
    for (int round = 0; round < 100; ++round) {
        std::string bytes(1024, '\0');
        std::ranges::generate(bytes, [&] { return static_cast<char>(random()); });
        EXPECT_EQ(status_for(bytes), 400U);
    }
}

bool same(const head_verdict& a, const head_verdict& b) {
    if (const auto* reason = std::get_if<refusal>(&a))
        return std::holds_alternative<refusal>(b) && *reason == std::get<refusal>(b);
    return status_of(a) == status_of(b);
}

TEST(head_gate, gives_the_same_verdict_wherever_the_bytes_are_split) {
    std::vector<head_case> cases = refused_heads();
    cases.push_back({with_fields("Content-Length: 5\r\n"), 200});
    for (const auto& [bytes, status] : cases) {
        const head_verdict whole = inspect(bytes);
        for (std::size_t size = 0; size <= bytes.size(); ++size) {
            head_gate gate;
            head_verdict verdict = gate.inspect(std::string_view(bytes).substr(0, size));
            if (std::holds_alternative<incomplete_head>(verdict))
                verdict = gate.inspect(bytes);
            EXPECT_TRUE(same(verdict, whole)) << bytes << " split at " << size;
        }
    }
}

TEST(head_gate, gives_the_same_verdict_byte_by_byte) {
    for (const auto& [bytes, status] : refused_heads()) {
        head_gate gate;
        head_verdict verdict;
        for (std::size_t size = 1; size <= bytes.size() && std::holds_alternative<incomplete_head>(verdict);
             ++size) {
            verdict = gate.inspect(std::string_view(bytes).substr(0, size));
        }
        EXPECT_TRUE(same(verdict, inspect(bytes))) << bytes;
    }
}

} // namespace
} // namespace docker_run::http
