#include "async/run_until.hpp"
#include "http/test_server.hpp"
#include "http/websocket.hpp"
#include "http/websocket_handlers.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>

namespace docker_run::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using test::echo;
using test::never;
using test::opcode;
using test::open_client;
using test::slow_job;
using test::test_server;

/// Accepts, does the job without reading, and then sends back as many messages as the caller sent bytes.
asio::awaitable<response> read_after_the_job(exchange& call, slow_job& job) {
    const auto socket = co_await call.accept_websocket("echo");
    auto done = co_await run_until(job.work(), socket->wait_until_closed());
    while (done && socket->is_open()) {
        auto message = co_await socket->receive(never);
        if (message)
            co_await socket->send(std::to_string(message->content.size()));
    }
    co_return response{};
}

asio::awaitable<response> leave_open(exchange& call, slow_job&) {
    co_await call.accept_websocket("echo");
    co_return response{};
}

asio::awaitable<response> fail_after_the_upgrade(exchange& call, slow_job&) {
    co_await call.accept_websocket("echo");
    throw std::runtime_error("secret");
}

asio::awaitable<response> send_without_end(exchange& call, slow_job&) {
    const auto socket = co_await call.accept_websocket("echo");
    for (const std::string megabyte(1U << 20U, 'x');;)
        co_await socket->send(megabyte);
}

asio::awaitable<response> close_when_draining(exchange& call, slow_job& job) {
    const auto socket = co_await call.accept_websocket("echo");
    job.finish();
    co_await job.work();
    co_await call.wait_until_draining();
    co_await socket->send("closing");
    co_await socket->close(close_code::normal);
    co_return response{};
}

TEST(websocket, answers_the_close_of_its_caller_and_ends) {
    test_server server({}, echo);
    auto client = open_client(server);
    client.send(opcode::close, std::string("\x03\xE8", 2));
    EXPECT_EQ(client.receive_close(), 1000U);
    EXPECT_TRUE(client.connection().is_closed());
}

TEST(websocket, that_its_handler_leaves_open_is_closed_with_1011) {
    test_server server({}, leave_open);
    auto client = open_client(server);
    EXPECT_EQ(client.receive_close(), 1011U);
    client.send(opcode::close, std::string("\x03\xF3", 2));
    EXPECT_TRUE(client.connection().is_closed());
}

TEST(websocket, whose_handler_fails_is_closed_with_1011) {
    test_server server({}, fail_after_the_upgrade);
    auto client = open_client(server);
    const auto frame = client.receive();
    EXPECT_EQ(frame.kind, opcode::close);
    EXPECT_EQ(frame.close_code(), 1011U);
}

TEST(websocket, waits_for_the_close_of_its_caller_only_for_a_short_time) {
    test_server server({}, leave_open);
    auto client = open_client(server);
    EXPECT_EQ(client.receive_close(), 1011U);
    EXPECT_TRUE(client.connection().is_closed()) << "within the ten seconds of the test's client";
}

TEST(websocket, tells_its_handler_that_the_server_drains) {
    test_server server({}, close_when_draining);
    auto client = open_client(server);
    server.job.wait_until_begun();
    server.get().stop_accepting();
    server.get().drain();
    EXPECT_EQ(client.receive().content, "closing");
    EXPECT_EQ(client.receive_close(), 1000U);
    client.connection().close();
    EXPECT_TRUE(server.closes_within(10s));
}

TEST(websocket, is_closed_with_1001_when_the_server_aborts) {
    test_server server({}, read_after_the_job);
    auto client = open_client(server);
    server.job.wait_until_begun();
    server.get().cancel_all();
    EXPECT_EQ(client.receive_close(), 1001U);
    EXPECT_TRUE(server.closes_within(5s)) << "although the client does not answer";
}

TEST(websocket, holds_its_caller_back_while_nothing_is_read) {
    test_server server({}, read_after_the_job);
    auto client = open_client(server);
    server.job.wait_until_begun();
    for (int i = 0; i < 3; ++i)
        client.send(opcode::text, std::string(max_read_ahead, 'x'));
    server.job.finish();
    EXPECT_FALSE(server.job.was_cancelled()) << "so much input means gone elsewhere";
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(client.receive().content, std::to_string(max_read_ahead));
}

TEST(websocket, notices_a_hang_up_although_nothing_is_read) {
    test_server server({}, read_after_the_job);
    {
        auto client = open_client(server);
        server.job.wait_until_begun();
        client.send(opcode::text, "unread");
    }
    EXPECT_TRUE(server.job.was_cancelled());
}

TEST(websocket, gives_a_caller_up_that_takes_no_message_in_time) {
    server_settings settings;
    settings.write_timeout = 1s;
    test_server server(settings, send_without_end);
    auto client = open_client(server);
    server.get().stop_accepting();
    EXPECT_TRUE(server.closes_within(10s));
}

TEST(websocket, gives_a_caller_up_that_answers_no_ping) {
    server_settings settings;
    settings.ping_interval = 200ms;
    test_server server(settings, echo);
    auto client = open_client(server);
    EXPECT_EQ(client.receive().kind, opcode::ping);
    server.get().stop_accepting();
    EXPECT_TRUE(server.closes_within(10s));
}

TEST(websocket, keeps_a_caller_that_answers_pings) {
    server_settings settings;
    settings.ping_interval = 200ms;
    test_server server(settings, echo);
    auto client = open_client(server);
    for (int pings = 0; pings < 4; ++pings) {
        const auto ping = client.receive();
        EXPECT_EQ(ping.kind, opcode::ping);
        client.send(opcode::pong, ping.content);
    }
    client.send(opcode::text, "still here");
    EXPECT_EQ(client.receive().content, "still here");
}

} // namespace
} // namespace docker_run::http
