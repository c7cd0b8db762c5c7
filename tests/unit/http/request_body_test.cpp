#include "http/request_body.hpp"
#include "http/test_server.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_run::http {
namespace {

using nlohmann::json;
using test::received_response;
using test::simple_request;
using test::test_client;
using test::test_server;

std::string post(std::string_view path, std::string_view fields, std::string_view body) {
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n" +
           std::string(body);
}

std::string with_length(std::string_view path, std::string_view body) {
    return post(path, "Content-Length: " + std::to_string(body.size()) + "\r\n", body);
}

std::string in_chunks(std::string_view path, std::string_view body) {
    return post(path, "Transfer-Encoding: chunked\r\n", body);
}

TEST(request_body, is_read_by_length_by_chunks_and_where_there_is_none) {
    test_server server;
    test_client client = server.connect();
    EXPECT_EQ(json::parse(client.ask(with_length("/body", "hello")).body).at("body"), "hello");
    EXPECT_EQ(json::parse(client.ask(in_chunks("/body", "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")).body).at("body"),
              "hello");
    EXPECT_EQ(json::parse(client.ask(post("/body", "", "")).body).at("body"), "");
}

TEST(request_body, in_bad_chunks_is_a_400_and_the_end_of_the_connection) {
    test_server server;
    for (const std::string body : {"0x5\r\n", "+5\r\nhello\r\n0\r\n\r\n", "1\r\nab\r\n0\r\n\r\n"}) {
        test_client client = server.connect();
        const received_response answer = client.ask(in_chunks("/body", body) + simple_request);
        EXPECT_EQ(answer.status, 400U) << body;
        EXPECT_EQ(json::parse(answer.body).at("error"), "request.body.framing");
        EXPECT_TRUE(client.is_closed());
    }
}

TEST(request_body, with_huge_extensions_or_trailers_is_refused) {
    test_server server;
    EXPECT_EQ(server.ask(in_chunks("/body", "1;" + std::string(300'000, 'a') + "\r\n")).status, 400U);
    EXPECT_EQ(server.ask(in_chunks("/body", "0\r\nX: " + std::string(200'000, 'a') + "\r\n\r\n")).status,
              431U);
}

TEST(request_body, never_turns_trailers_into_header_fields) {
    test_server server;
    test_client client = server.connect();
    const std::string trailers = "0\r\nX-Access-Token: t\r\nHost: b\r\nContent-Length: 30\r\n\r\n";
    const received_response answer = client.ask(in_chunks("/body", "1\r\na\r\n" + trailers));
    EXPECT_EQ(answer.body, R"({"body":"a","token":""})");
    EXPECT_EQ(client.ask(simple_request).status, 200U);
}

TEST(request_body, of_the_limit_is_taken_and_one_byte_more_is_a_413) {
    test_server server;
    const std::string most(16, 'x');
    EXPECT_EQ(server.ask(with_length("/body", most)).status, 200U);
    EXPECT_EQ(server.ask(in_chunks("/body", "10\r\n" + most + "\r\n0\r\n\r\n")).status, 200U);
    const received_response answer = server.ask(with_length("/body", most + "x"));
    EXPECT_EQ(answer.status, 413U);
    EXPECT_EQ(answer.body,
              R"({"error":"request.body.size","message":"Request body is larger than 16 bytes"})");
    EXPECT_EQ(server.ask(in_chunks("/body", "10\r\n" + most + "\r\n1\r\nx\r\n0\r\n\r\n")).status, 413U);
}

TEST(request_body, of_ten_gigabytes_is_refused_before_it_is_sent) {
    test_server server;
    test_client client = server.connect();
    EXPECT_EQ(client.ask(post("/body", "Content-Length: 10000000000\r\n", "")).status, 413U);
}

TEST(request_body, that_is_refused_can_be_sent_whole_and_the_answer_still_read) {
    test_server server;
    test_client client = server.connect();
    const received_response answer = client.ask(with_length("/body", std::string(2'097'153, 'x')));
    EXPECT_EQ(answer.status, 413U);
    EXPECT_EQ(answer.fields.at("connection"), "close");
}

TEST(request_body, that_ends_early_is_a_400) {
    test_server server;
    for (const std::string& request :
         {post("/body", "Content-Length: 9\r\n", "hello"), in_chunks("/body", "5\r\nhello\r\n")}) {
        test_client client = server.connect();
        client.send(request);
        client.shut_down();
        EXPECT_EQ(client.receive().status, 400U);
    }
}

TEST(request_body, is_invited_where_the_client_waits_for_it) {
    test_server server;
    test_client client = server.connect();
    EXPECT_EQ(client.ask(post("/body", "Content-Length: 5\r\nExpect: 100-continue\r\n", "")).status, 100U);
    EXPECT_EQ(json::parse(client.ask("hello").body).at("body"), "hello");
    EXPECT_EQ(client.ask(simple_request).status, 200U);
}

TEST(request_body, is_not_invited_when_it_has_begun_to_arrive) {
    test_server server;
    test_client client = server.connect();
    client.send(post("/body", "Content-Length: 5\r\nExpect: 100-continue\r\n", "hello"));
    EXPECT_EQ(client.receive().status, 200U);
}

TEST(request_body, is_not_invited_by_a_handler_that_does_not_want_it) {
    test_server server;
    test_client client = server.connect();
    const received_response answer =
        client.ask(post("/unread", "Content-Length: 5\r\nExpect: 100-continue\r\n", ""));
    EXPECT_EQ(answer.status, 401U);
    EXPECT_EQ(answer.fields.at("connection"), "close");
    EXPECT_TRUE(client.is_closed());
}

TEST(request_body, that_is_small_and_unread_leaves_the_connection_open) {
    test_server server;
    test_client client = server.connect();
    EXPECT_EQ(client.ask(with_length("/unread", "hello")).status, 401U);
    EXPECT_EQ(client.ask(with_length("/unread", std::string(65'536, 'x'))).status, 401U);
    EXPECT_EQ(client.ask(in_chunks("/unread", "5\r\nhello\r\n0\r\n\r\n")).status, 401U);
    EXPECT_EQ(client.ask(simple_request).status, 200U);
}

TEST(request_body, that_comes_behind_its_answer_is_not_taken_for_a_request) {
    test_server server;
    test_client client = server.connect();
    EXPECT_EQ(
        client.ask(post("/unread", "Content-Length: " + std::to_string(simple_request.size()) + "\r\n", ""))
            .status,
        401U);
    EXPECT_EQ(client.ask(simple_request + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n").body,
              R"({"method":"GET","path":"/next"})");
}

TEST(request_body, that_is_large_and_unread_closes_the_connection) {
    test_server server;
    test_client client = server.connect();
    const received_response answer = client.ask(post("/unread", "Content-Length: 100000\r\n", ""));
    EXPECT_EQ(answer.status, 401U);
    EXPECT_EQ(answer.fields.at("connection"), "close");
}

TEST(request_body, in_chunks_that_have_not_all_come_closes_the_connection) {
    test_server server;
    test_client client = server.connect();
    EXPECT_EQ(client.ask(in_chunks("/unread", "5\r\nhel")).fields.at("connection"), "close");
}

} // namespace
} // namespace docker_run::http
