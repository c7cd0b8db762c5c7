#include "http/head_gate.hpp"
#include "http/websocket_client.hpp"
#include "http/websocket_handshake.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace docker_run::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

request_head head_of(const std::string& text) {
    head_gate gate;
    const auto verdict = gate.inspect(text);
    return parse_head(text, std::get<accepted_head>(verdict)).value();
}

/// The usual handshake with a part of it replaced.
request_head handshake_with(const std::string& part, const std::string& replacement) {
    std::string text = test::upgrade_request;
    text.replace(text.find(part), part.size(), replacement);
    return head_of(text);
}

TEST(websocket_handshake, is_recognised_in_every_spelling) {
    EXPECT_TRUE(asks_for_websocket(head_of(test::upgrade_request)));
    EXPECT_TRUE(asks_for_websocket(handshake_with("websocket", "WebSocket")));
    EXPECT_TRUE(asks_for_websocket(handshake_with("keep-alive, Upgrade", "x,  UPGRADE ,")));
    EXPECT_TRUE(asks_for_websocket(
        handshake_with("Connection: keep-alive, Upgrade", "Connection: x\r\nConnection: upgrade")));
    EXPECT_TRUE(asks_for_websocket(handshake_with("Host: a", "Host: a\r\nContent-Length: 0")));
}

TEST(websocket_handshake, needs_each_of_its_parts) {
    EXPECT_FALSE(asks_for_websocket(handshake_with("GET", "POST")));
    EXPECT_FALSE(asks_for_websocket(handshake_with("GET", "HEAD")));
    EXPECT_FALSE(asks_for_websocket(handshake_with("HTTP/1.1", "HTTP/1.0")));
    EXPECT_FALSE(asks_for_websocket(handshake_with(", Upgrade", "")));
    EXPECT_FALSE(asks_for_websocket(handshake_with("Upgrade: websocket\r\n", "")));
    EXPECT_FALSE(asks_for_websocket(handshake_with("websocket\r\n", "h2c\r\n")));
    EXPECT_FALSE(asks_for_websocket(handshake_with("Version: 13", "Version: 8")));
    EXPECT_FALSE(asks_for_websocket(handshake_with("Sec-WebSocket-Version: 13\r\n", "")));
    EXPECT_FALSE(asks_for_websocket(handshake_with("Host: a", "Host: a\r\nContent-Length: 1")));
    EXPECT_FALSE(asks_for_websocket(handshake_with("Host: a", "Host: a\r\nTransfer-Encoding: chunked")));
}

TEST(websocket_handshake, needs_one_key_of_16_bytes) {
    const std::string key = "dGhlIHNhbXBsZSBub25jZQ==";
    for (const char* wrong : {"", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZ===",
                              "dGhlIHNhbXBsZSBub25j!Q==", "dGhlIHNhbXBsZSBub25jZWFh"})
        EXPECT_FALSE(asks_for_websocket(handshake_with(key, wrong))) << wrong;
    EXPECT_FALSE(asks_for_websocket(handshake_with(key, key + "\r\nSec-WebSocket-Key: " + key)));
}

TEST(websocket_handshake, lists_the_subprotocols_in_order) {
    const auto one = handshake_with("Host: a", "Host: a\r\nSec-WebSocket-Protocol: b, ,a\r\n"
                                               "Sec-WebSocket-Protocol: c");
    EXPECT_THAT(offered_subprotocols(one), ElementsAre("b", "a", "c"));
    const auto none = head_of(test::upgrade_request);
    EXPECT_THAT(offered_subprotocols(none), IsEmpty());
}

} // namespace
} // namespace docker_run::http
