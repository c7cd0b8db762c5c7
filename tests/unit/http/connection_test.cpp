#include "http/connection.hpp"
#include "http/test_server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace docker_run::http {
namespace {

using test::job_request;
using test::received_response;
using test::simple_request;
using test::test_client;
using test::test_server;
using namespace std::chrono_literals;

server_settings impatient() {
    server_settings settings;
    settings.header_timeout = 1s;
    settings.body_timeout = 1s;
    settings.write_timeout = 1s;
    settings.idle_timeout = 1s;
    return settings;
}

// Every test below ends with the deadline that it is about: all others are of the default length, beyond the
// client's own ten seconds.

// Callers that are slow.
TEST(deadline, of_a_head_that_comes_slowly_is_a_408) {
    server_settings settings;
    settings.header_timeout = 1s;
    test_server server(settings);
    test_client client = server.connect();
    const received_response answer = client.ask("GET / HTTP/1.1\r\nHost");
    EXPECT_EQ(answer.status, 408U);
    EXPECT_EQ(error_of(answer), "request.timeout");
    EXPECT_TRUE(client.is_closed());
}

TEST(deadline, of_a_later_head_counts_from_its_first_byte) {
    server_settings settings;
    settings.header_timeout = 1s;
    test_server server(settings);
    test_client client = server.connect();
    client.ask(simple_request);
    EXPECT_EQ(client.ask("G").status, 408U);
}

TEST(deadline, of_a_caller_that_never_speaks_ends_without_a_word) {
    server_settings settings;
    settings.header_timeout = 1s;
    test_server server(settings);
    EXPECT_EQ(server.connect().receive_rest(), "");
}

TEST(deadline, of_an_idle_connection_ends_without_a_word) {
    server_settings settings;
    settings.idle_timeout = 1s;
    test_server server(settings);
    test_client client = server.connect();
    client.ask(simple_request);
    EXPECT_EQ(client.receive_rest(), "");
}

TEST(deadline, of_a_body_that_comes_slowly_is_a_408) {
    server_settings settings;
    settings.body_timeout = 1s;
    test_server server(settings);
    test_client client = server.connect();
    const received_response answer =
        client.ask("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhel");
    EXPECT_EQ(answer.status, 408U);
    EXPECT_EQ(error_of(answer), "request.timeout");
    EXPECT_TRUE(client.is_closed());
}

TEST(deadline, of_an_answer_that_nobody_reads_ends_the_connection) {
    server_settings settings;
    settings.write_timeout = 1s;
    test_server server(settings);
    test_client client = server.connect();
    client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    server.get().stop_accepting();
    EXPECT_TRUE(server.closes_within(10s));
}

TEST(deadline, does_not_bound_the_work_of_a_handler) {
    test_server server(impatient());
    test_client client = server.connect();
    client.send(job_request);
    server.job.wait_until_begun();
    test_client other = server.connect();
    EXPECT_EQ(other.ask("G").status, 408U); // so a second has passed
    server.job.finish();
    EXPECT_EQ(client.receive().body, R"({"done":true})");
}

TEST(slow_callers, hold_nobody_up) {
    test_server server;
    std::vector<test_client> slow;
    for (int i = 0; i < 300; ++i) {
        slow.push_back(server.connect());
        slow.back().send(i % 2 == 0 ? "GET / HT"
                                    : "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhel");
    }
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(server.ask(simple_request).status, 200U);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 1s);
}

TEST(caller, that_closes_cancels_its_work) {
    test_server server;
    test_client client = server.connect();
    client.send(job_request);
    server.job.wait_until_begun();
    client.close();
    EXPECT_TRUE(server.job.was_cancelled());
}

TEST(caller, that_resets_cancels_its_work) {
    test_server server;
    test_client client = server.connect();
    client.send(job_request);
    server.job.wait_until_begun();
    client.reset();
    EXPECT_TRUE(server.job.was_cancelled());
}

TEST(caller, that_half_closes_cancels_its_work_and_gets_no_answer) {
    test_server server;
    test_client client = server.connect();
    client.send(job_request);
    client.shut_down();
    EXPECT_TRUE(server.job.was_cancelled());
    EXPECT_EQ(client.receive_rest(), "");
}

TEST(caller, that_pipelines_behind_its_work_gets_all_answers_in_order) {
    test_server server;
    test_client client = server.connect();
    client.send(job_request + simple_request);
    server.job.wait_until_begun();
    client.send(simple_request);
    server.job.finish();
    EXPECT_EQ(client.receive().body, R"({"done":true})");
    EXPECT_EQ(client.receive().body, R"({"method":"GET","path":"/"})");
    EXPECT_EQ(client.receive().body, R"({"method":"GET","path":"/"})");
}

// A request that fills exactly `size` bytes, by a body that nobody reads.
std::string request_of(std::size_t size) {
    std::string request = "POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 00000\r\n\r\n";
    const std::string length = std::to_string(size - request.size());
    request.replace(request.find("00000") + 5 - length.size(), length.size(), length);
    return request + std::string(size - request.size(), 'x');
}

TEST(caller, may_send_64_kib_ahead_of_its_turn) {
    test_server server;
    test_client client = server.connect();
    client.send(job_request);
    server.job.wait_until_begun();
    client.send(request_of(max_read_ahead));
    server.job.finish();
    EXPECT_FALSE(server.job.was_cancelled());
    EXPECT_EQ(client.receive().status, 200U);
    EXPECT_EQ(client.receive().status, 401U);
}

TEST(caller, that_sends_one_byte_more_is_taken_for_gone) {
    test_server server;
    test_client client = server.connect();
    client.send(job_request);
    server.job.wait_until_begun();
    client.send(request_of(max_read_ahead + 1));
    EXPECT_TRUE(server.job.was_cancelled());
}

} // namespace
} // namespace docker_run::http
