#include "http/server.hpp"
#include "http/test_server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
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

TEST(server, that_stops_accepting_serves_what_is_connected) {
    test_server server;
    test_client client = server.connect();
    EXPECT_EQ(client.ask(simple_request).status, 200U);
    server.get().stop_accepting();
    EXPECT_EQ(client.ask(simple_request).status, 200U);
}

TEST(server, that_stops_accepting_serves_what_was_in_the_queue) {
    test_server server;
    std::vector<test_client> clients;
    for (int i = 0; i < 100; ++i) {
        clients.push_back(server.connect());
        clients.back().send(simple_request);
    }
    server.get().stop_accepting();
    server.get().drain();
    for (test_client& client : clients)
        EXPECT_EQ(client.receive().status, 200U);
    clients.clear();
    EXPECT_TRUE(server.closes_within(10s));
    EXPECT_THROW(server.connect(), std::system_error);
}

TEST(server, that_drains_closes_idle_connections) {
    test_server server;
    test_client client = server.connect();
    client.ask(simple_request);
    server.get().stop_accepting();
    server.get().drain();
    EXPECT_EQ(client.receive_rest(), "");
    EXPECT_TRUE(server.closes_within(10s));
}

TEST(server, that_drains_lets_work_finish_and_says_close) {
    test_server server;
    test_client client = server.connect();
    client.send(job_request);
    server.job.wait_until_begun();
    server.get().stop_accepting();
    server.get().drain();
    server.job.finish();
    const received_response answer = client.receive();
    EXPECT_EQ(answer.body, R"({"done":true})");
    EXPECT_EQ(answer.fields.at("connection"), "close");
    EXPECT_TRUE(client.is_closed());
    client.close();
    EXPECT_TRUE(server.closes_within(10s));
}

TEST(server, that_drains_gives_a_silent_newcomer_a_second_and_no_more) {
    test_server server;
    test_client client = server.connect();
    server.get().stop_accepting();
    server.get().drain();
    EXPECT_TRUE(client.is_closed());
    EXPECT_TRUE(server.closes_within(10s));
}

TEST(server, that_cancels_answers_watched_work_with_a_500) {
    test_server server;
    test_client client = server.connect();
    client.send(job_request);
    server.job.wait_until_begun();
    server.get().cancel_all();
    EXPECT_TRUE(server.job.was_cancelled());
    const received_response answer = client.receive();
    EXPECT_EQ(answer.status, 500U);
    EXPECT_EQ(error_of(answer), "internal");
    EXPECT_TRUE(server.closes_within(10s));
}

TEST(server, that_cancels_answers_unwatched_work_with_a_500) {
    test_server server;
    test_client client = server.connect();
    client.send("POST /unwatched-job HTTP/1.1\r\nHost: a\r\n\r\n");
    server.job.wait_until_begun();
    server.get().cancel_all();
    EXPECT_EQ(client.receive().status, 500U);
    EXPECT_TRUE(server.closes_within(10s));
}

TEST(server, that_cancels_ends_every_other_wait) {
    test_server server;
    test_client idle = server.connect();
    idle.ask(simple_request);
    test_client in_head = server.connect();
    in_head.send("GET / HT");
    test_client in_body = server.connect();
    EXPECT_EQ(
        in_body.ask("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n")
            .status,
        100U);
    test_client in_answer = server.connect();
    in_answer.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(in_answer.receive(false).status, 200U);
    server.get().cancel_all();
    EXPECT_TRUE(server.closes_within(10s));
}

} // namespace
} // namespace docker_run::http
