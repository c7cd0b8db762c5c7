#pragma once

#include "http/test_server.hpp"
#include "http/websocket.hpp"
#include "http/websocket_client.hpp"

#include <boost/asio/awaitable.hpp>
#include <gtest/gtest.h>

namespace docker_run::http::test {

inline constexpr auto never = websocket::clock::time_point::max();

/// Sends every message back until the caller closes.
inline boost::asio::awaitable<response> echo(exchange& call, slow_job&) {
    const auto socket = co_await call.accept_websocket("echo");
    for (;;) {
        auto message = co_await socket->receive(never);
        if (!message)
            co_return response{};
        co_await socket->send((message->is_text ? "" : "binary: ") + message->content);
    }
}

inline websocket_client open_client(test_server& server) {
    websocket_client client(server.connect());
    EXPECT_EQ(client.open().status, 101U);
    return client;
}

} // namespace docker_run::http::test
