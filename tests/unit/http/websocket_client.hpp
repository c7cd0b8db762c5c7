#pragma once

#include "http/test_client.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace docker_run::http::test {

/// The opening handshake of RFC 6455, 1.3.
inline const std::string upgrade_fields = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
                                          "Sec-WebSocket-Version: 13\r\n"
                                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
inline const std::string upgrade_request = "GET / HTTP/1.1\r\nHost: a\r\n" + upgrade_fields + "\r\n";

enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// One frame as it came over the wire.
struct received_frame {
    opcode kind{};
    std::string content;

    /// The code of a close frame.
    unsigned close_code() const {
        return static_cast<unsigned char>(content.at(0)) * 256U + static_cast<unsigned char>(content.at(1));
    }
};

/// A frame of a client (RFC 6455, 5.2).
inline std::string client_frame(opcode kind, std::string_view content, bool is_final = true) {
    constexpr std::array<char, 4> mask{'m', 'a', 's', 'k'};
    std::string frame(1, static_cast<char>((is_final ? 0x80U : 0U) | static_cast<unsigned>(kind)));
    const std::size_t size = content.size();
    const int length_bytes = size < 126 ? 0 : size < 65'536 ? 2 : 8;
    const std::size_t marks[] = {size, 0, 126, 0, 0, 0, 0, 0, 127};
    frame += static_cast<char>(0x80U | marks[length_bytes]);
    for (int byte = length_bytes - 1; byte >= 0; --byte)
        frame += static_cast<char>(size >> (8 * byte));
    frame.append(mask.begin(), mask.end());
    for (std::size_t i = 0; i < size; ++i)
        frame += static_cast<char>(content[i] ^ mask[i % mask.size()]);
    return frame;
}

/// A client that speaks the protocol by hand.
class websocket_client {
  public:
    explicit websocket_client(test_client connection) : connection_(std::move(connection)) {}

    received_response open(std::string_view bytes_behind_the_head = {}) {
        connection_.send(upgrade_request + std::string(bytes_behind_the_head));
        return connection_.receive();
    }

    void send(opcode kind, std::string_view content, bool is_final = true) {
        connection_.send(client_frame(kind, content, is_final));
    }

    received_frame receive() {
        const std::string head = connection_.take(2);
        std::size_t size = static_cast<unsigned char>(head[1]);
        if (size >= 126) {
            const std::string length = connection_.take(size == 126 ? 2 : 8);
            size = 0;
            for (const char byte : length)
                size = size * 256 + static_cast<unsigned char>(byte);
        }
        return {opcode(static_cast<unsigned char>(head[0]) & 0x0FU), connection_.take(size)};
    }

    /// The code with which the server closes, after any other frame.
    unsigned receive_close() {
        for (;;)
            if (const auto frame = receive(); frame.kind == opcode::close)
                return frame.close_code();
    }

    test_client& connection() { return connection_; }

  private:
    test_client connection_;
};

} // namespace docker_run::http::test
