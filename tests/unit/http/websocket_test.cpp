#include "async/pause.hpp"
#include "http/test_server.hpp"
#include "http/websocket.hpp"
#include "http/websocket_client.hpp"
#include "http/websocket_handshake.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>

namespace docker_run::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using test::client_frame;
using test::opcode;
using test::slow_job;
using test::test_server;
using test::websocket_client;

constexpr auto never = websocket::clock::time_point::max();

/// Sends every message back until the caller closes.
asio::awaitable<response> echo(exchange& call, slow_job&) {
    const auto socket = co_await call.accept_websocket("echo");
    for (;;) {
        auto message = co_await socket->receive(never);
        if (!message)
            co_return response{};
        co_await socket->send((message->is_text ? "" : "binary: ") + message->content);
    }
}

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

/// Waits for a message in many short waits.
asio::awaitable<response> receive_impatiently(exchange& call, slow_job& job) {
    const auto socket = co_await call.accept_websocket("echo");
    std::optional<websocket_message> message;
    for (int waits = 0; !message && socket->is_open(); ++waits) {
        if (waits == 3) {
            job.finish();
            co_await job.work();
        }
        message = co_await socket->receive(websocket::clock::now() + 1ms);
    }
    co_await socket->send(message->content);
    co_return response{};
}

websocket_client open_client(test_server& server) {
    websocket_client client(server.connect());
    EXPECT_EQ(client.open().status, 101U);
    return client;
}

TEST(websocket, is_accepted_as_the_rfc_says) {
    test_server server({}, echo);
    websocket_client client(server.connect());
    const auto answer = client.open();
    EXPECT_EQ(answer.status, 101U);
    EXPECT_EQ(answer.fields.at("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    EXPECT_EQ(answer.fields.at("sec-websocket-protocol"), "echo");
    EXPECT_EQ(answer.fields.at("upgrade"), "websocket");
    EXPECT_EQ(answer.fields.at("x-request-id").size(), 32U);
    EXPECT_FALSE(answer.fields.contains("sec-websocket-extensions"));
}

TEST(websocket, carries_messages_in_both_directions) {
    test_server server({}, echo);
    auto client = open_client(server);
    for (const std::string& text : {std::string("a"), std::string(), std::string(65'536, 'b')}) {
        client.send(opcode::text, text);
        const auto echoed = client.receive();
        EXPECT_EQ(echoed.kind, opcode::text);
        EXPECT_EQ(echoed.content, text);
    }
    client.send(opcode::binary, "c");
    EXPECT_EQ(client.receive().content, "binary: c");
}

TEST(websocket, reads_what_came_with_the_head) {
    test_server server({}, echo);
    websocket_client client(server.connect());
    std::string frames;
    for (const std::string& text : {std::string("first"), std::string(3000, 'x'), std::string("last")})
        frames += client_frame(opcode::text, text);
    EXPECT_EQ(client.open(frames).status, 101U);
    EXPECT_EQ(client.receive().content, "first");
    EXPECT_EQ(client.receive().content, std::string(3000, 'x'));
    EXPECT_EQ(client.receive().content, "last");
}

TEST(websocket, joins_fragments_and_answers_pings_between_them) {
    test_server server({}, echo);
    auto client = open_client(server);
    client.send(opcode::text, "one ", false);
    client.send(opcode::ping, "are you there?");
    client.send(opcode::continuation, "two");
    const auto pong = client.receive();
    EXPECT_EQ(pong.kind, opcode::pong);
    EXPECT_EQ(pong.content, "are you there?");
    EXPECT_EQ(client.receive().content, "one two");
}

TEST(websocket, takes_a_message_of_the_largest_size_and_none_that_is_longer) {
    server_settings settings;
    settings.max_body_size = 100'000;
    test_server server(settings, echo);
    auto client = open_client(server);
    client.send(opcode::text, std::string(100'000, 'x'));
    EXPECT_EQ(client.receive().content.size(), 100'000U);
    client.send(opcode::text, std::string(100'001, 'x'));
    EXPECT_EQ(client.receive_close(), 1009U);
}

TEST(websocket, closes_with_the_code_of_each_violation) {
    test_server server({}, echo);
    const std::string unmasked("\x81\x01"
                               "a",
                               3);
    EXPECT_EQ(
        [&] {
            auto client = open_client(server);
            client.connection().send(unmasked);
            return client.receive_close();
        }(),
        1002U);
    EXPECT_EQ(
        [&] {
            auto client = open_client(server);
            client.send(opcode::text, "\xFF");
            return client.receive_close();
        }(),
        1007U);
    EXPECT_EQ(
        [&] {
            auto client = open_client(server);
            client.send(opcode(3), "reserved");
            return client.receive_close();
        }(),
        1002U);
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

TEST(websocket, loses_no_message_when_a_wait_ends) {
    test_server server({}, receive_impatiently);
    auto client = open_client(server);
    client.send(opcode::text, "half", false);
    server.job.wait_until_begun();
    client.send(opcode::continuation, " and half");
    EXPECT_EQ(client.receive().content, "half and half");
}

} // namespace
} // namespace docker_run::http
