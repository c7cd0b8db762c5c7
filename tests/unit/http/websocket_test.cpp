#include "http/test_server.hpp"
#include "http/websocket.hpp"
#include "http/websocket_client.hpp"
#include "http/websocket_handlers.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

namespace docker_run::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using test::client_frame;
using test::echo;
using test::opcode;
using test::open_client;
using test::slow_job;
using test::test_server;
using test::websocket_client;

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
