#include "http/request_id.hpp"
#include "http/session.hpp"
#include "http/test_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace docker_run::http {
namespace {

using nlohmann::json;
using test::get;
using test::received_response;
using test::test_client;
using test::test_server;

TEST(session, answers_request_after_request_on_one_connection) {
    test_server server;
    test_client client = server.connect();
    EXPECT_EQ(client.ask(get("/a")).body, R"({"method":"GET","path":"/a"})");
    const received_response second = client.ask(get("/b"));
    EXPECT_EQ(second.body, R"({"method":"GET","path":"/b"})");
    EXPECT_EQ(second.fields.at("connection"), "keep-alive");
}

TEST(session, closes_when_client_or_handler_wishes) {
    test_server server;
    for (const std::string& request :
         {get("/", "Connection: close\r\n"), get("/close"), std::string("GET / HTTP/1.0\r\n\r\n")}) {
        test_client client = server.connect();
        EXPECT_EQ(client.ask(request).fields.at("connection"), "close");
        EXPECT_TRUE(client.is_closed());
    }
}

TEST(session, keeps_an_http_1_0_connection_that_asks_for_it) {
    test_server server;
    test_client client = server.connect();
    const std::string request = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    EXPECT_EQ(client.ask(request).fields.at("connection"), "keep-alive");
    EXPECT_EQ(client.ask(request).status, 200U);
}

TEST(session, names_the_caller_s_request_id_or_a_fresh_one) {
    test_server server;
    test_client client = server.connect();
    EXPECT_EQ(client.ask(get("/", "X-Request-Id: my.id_1\r\n")).fields.at("x-request-id"), "my.id_1");
    const std::string fresh = client.ask(get("/", "X-Request-Id: a;b\r\n")).fields.at("x-request-id");
    EXPECT_EQ(fresh.size(), 32U);
    EXPECT_TRUE(is_request_id(fresh));
    EXPECT_TRUE(is_request_id(client.ask("bad\r\n\r\n").fields.at("x-request-id")));
}

TEST(session, answers_head_with_the_length_of_get_and_no_body) {
    test_server server;
    test_client client = server.connect();
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + get("/"));
    EXPECT_EQ(client.receive(false).fields.at("content-length"), "28");
    EXPECT_EQ(client.receive().body, R"({"method":"GET","path":"/"})");
}

TEST(session, serves_absolute_form_and_leaves_other_methods_to_the_handler) {
    test_server server;
    EXPECT_EQ(server.ask(get("http://elsewhere/x?y")).body, R"({"method":"GET","path":"/x"})");
    EXPECT_EQ(server.ask("BREW /x HTTP/1.1\r\nHost: a\r\n\r\n").body, R"({"method":"BREW","path":"/x"})");
    EXPECT_EQ(server.ask("CONNECT h:1 HTTP/1.1\r\nHost: a\r\n\r\n").body,
              R"({"method":"CONNECT","path":"h:1"})");
}

struct refused_case {
    std::string bytes;
    unsigned status;
};

TEST(session, answers_a_refused_head_once_in_json_and_closes) {
    const std::vector<refused_case> cases = {
        {"POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         400},
        {"POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400},
        {"POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
        {"POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5,5\r\n\r\nhello", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: a b\r\n\r\n", 400},
        {"GET /" + std::string(8192, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
        {"GET /" + std::string(65536, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
        {get("/", "X: " + std::string(100'000, 'a') + "\r\n"), 431},
        {"GET /\r\n", 400},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"\x16\x03\x01\x02\xFF\x01", 400},
    };
    test_server server;
    for (const auto& [bytes, status] : cases) {
        test_client client = server.connect();
        const received_response answer = client.ask(bytes + get("/smuggled"));
        EXPECT_EQ(answer.status, status) << bytes.substr(0, 80);
        EXPECT_EQ(answer.fields.at("content-type"), "application/json");
        EXPECT_EQ(answer.fields.at("connection"), "close");
        EXPECT_TRUE(error_of(answer).starts_with("request."));
        EXPECT_TRUE(client.is_closed()) << bytes.substr(0, 80);
    }
}

TEST(session, answers_a_megabyte_of_noise_with_a_400) {
    std::mt19937 random(1);
    std::string noise(1U << 20U, '\0');
    std::ranges::generate(noise, [&] { return static_cast<char>(random()); });
    test_server server;
    test_client client = server.connect();
    EXPECT_EQ(client.ask(noise).status, 400U);
    EXPECT_TRUE(client.is_closed());
}

TEST(session, answers_a_hundred_pipelined_requests_in_order) {
    test_server server;
    test_client client = server.connect();
    std::string requests;
    for (int i = 0; i < 100; ++i)
        requests += get("/" + std::to_string(i));
    client.send(requests);
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(json::parse(client.receive().body).at("path"), "/" + std::to_string(i));
}

TEST(session, gives_the_same_answers_wherever_the_bytes_are_split) {
    const std::string requests =
        "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
        "POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: x\r\n\r\n" +
        get("/", "Connection: close\r\n");
    test_server server;
    for (std::size_t size = 0; size <= requests.size(); ++size) {
        test_client client = server.connect();
        client.send(requests.substr(0, size));
        client.send(requests.substr(size));
        EXPECT_EQ(json::parse(client.receive().body).at("body"), "hello") << size;
        EXPECT_EQ(json::parse(client.receive().body).at("body"), "abc") << size;
        EXPECT_EQ(json::parse(client.receive().body).at("path"), "/") << size;
    }
}

TEST(session, takes_a_request_byte_by_byte) {
    test_server server;
    test_client client = server.connect();
    for (const char c : std::string("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"))
        client.send({&c, 1});
    EXPECT_EQ(json::parse(client.receive().body).at("body"), "hello");
}

TEST(session, answers_a_caller_that_has_half_closed) {
    test_server server;
    test_client client = server.connect();
    client.send(get("/"));
    client.shut_down();
    EXPECT_EQ(client.receive().status, 200U);
    EXPECT_TRUE(client.is_closed());
}

TEST(session, answers_a_head_that_ends_early_with_a_400) {
    test_server server;
    test_client client = server.connect();
    client.send("GET / HTTP/1.1\r\nHost");
    client.shut_down();
    EXPECT_EQ(client.receive().status, 400U);
}

TEST(session, says_nothing_to_a_caller_that_said_nothing) {
    test_server server;
    test_client client = server.connect();
    client.shut_down();
    EXPECT_EQ(client.receive_rest(), "");
}

TEST(session, answers_what_a_handler_throws) {
    test_server server;
    test_client client = server.connect();
    const received_response refused = client.ask(get("/refuse"));
    EXPECT_EQ(refused.status, 418U);
    EXPECT_EQ(refused.body, R"({"error":"teapot","message":"I am a teapot"})");
    const received_response failed = client.ask(get("/throw"));
    EXPECT_EQ(failed.status, 500U);
    EXPECT_EQ(error_of(failed), "internal");
    EXPECT_EQ(failed.body.find("secret"), std::string::npos);
    EXPECT_EQ(client.ask(get("/")).status, 200U);
}

} // namespace
} // namespace docker_run::http
