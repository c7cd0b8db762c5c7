#include "http/test_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

namespace docker_run::http {
namespace {

using test::get;
using test::test_client;
using test::test_server;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view last = "Connection: close\r\n"; ///< for the last request of a connection

/// Everything that the server sends for this request until it closes.
std::string everything_for(test_server& server, const std::string& request) {
    test_client client = server.connect();
    client.send(request);
    return client.receive_rest();
}

TEST(response_stream, is_sent_in_chunks_of_its_pieces) {
    test_server server;
    const std::string sent = everything_for(server, get("/pieces", last));
    EXPECT_THAT(sent, HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
    EXPECT_THAT(sent, Not(HasSubstr("Content-Length")));
    EXPECT_THAT(sent, EndsWith("\r\n\r\n4\r\none \r\n3\r\ntwo\r\n0\r\n\r\n"));
}

TEST(response_stream, may_begin_and_end_with_a_piece) {
    test_server server;
    EXPECT_THAT(everything_for(server, get("/first-and-last", last)),
                EndsWith("\r\n\r\n6\r\nfirst \r\n4\r\nlast\r\n0\r\n\r\n"));
    EXPECT_THAT(everything_for(server, "GET /first-and-last HTTP/1.0\r\n\r\n"),
                EndsWith("\r\n\r\nfirst last"));
}

TEST(response_stream, leaves_the_connection_open_for_the_next_request) {
    test_server server;
    test_client client = server.connect();
    client.send(get("/pieces") + get("/", last));
    EXPECT_THAT(client.receive_rest(), HasSubstr("0\r\n\r\nHTTP/1.1 200 OK\r\n"));
}

TEST(response_stream, has_no_mark_of_its_end_when_its_handler_fails) {
    test_server server;
    EXPECT_THAT(everything_for(server, get("/cut")), EndsWith("3\r\ntwo\r\n")) << "and closes";
}

TEST(response_stream, ends_with_the_connection_for_http_1_0) {
    test_server server;
    const std::string sent = everything_for(server, "GET /pieces HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_THAT(sent, HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_THAT(sent, EndsWith("\r\n\r\none two"));
}

TEST(response_stream, has_no_body_for_head) {
    test_server server;
    const std::string sent =
        everything_for(server, "HEAD /pieces HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(sent, EndsWith("\r\n\r\n"));
    EXPECT_THAT(sent, Not(HasSubstr("two")));
}

TEST(response_stream, is_given_up_when_the_client_takes_no_piece_in_time) {
    server_settings settings;
    settings.write_timeout = std::chrono::seconds(1);
    test_server server(settings);
    test_client client = server.connect();
    client.send(get("/endless", last));
    server.get().stop_accepting();
    EXPECT_TRUE(server.closes_within(std::chrono::seconds(10))) << "the last session has ended";
}

TEST(response_stream, goes_on_as_long_as_the_client_takes_a_part_in_time) {
    server_settings settings;
    settings.write_timeout = std::chrono::seconds(1);
    test_server server(settings);
    test_client client = server.connect();
    client.send(get("/huge", last));
    const auto begun = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begun < std::chrono::seconds(3)) {
        ASSERT_GT(client.receive_some(), 0U) << "one piece takes longer than the time-out";
        std::this_thread::sleep_for(std::chrono::milliseconds(10)); // some 6 MB a second
    }
}

TEST(response_stream, is_given_up_soon_when_it_has_to_hurry) {
    test_server server;
    test_client client = server.connect();
    client.send(get("/hurried", last));
    server.get().stop_accepting();
    EXPECT_TRUE(server.closes_within(std::chrono::seconds(10))) << "the write time-out is 30 s";
}

TEST(response_stream, is_cut_when_the_server_aborts) {
    test_server server;
    test_client client = server.connect();
    client.send(get("/endless", last));
    ASSERT_TRUE(client.has_answer_within(std::chrono::seconds(10)));
    server.get().cancel_all();
    EXPECT_TRUE(server.closes_within(std::chrono::seconds(5)));
}

} // namespace
} // namespace docker_run::http
