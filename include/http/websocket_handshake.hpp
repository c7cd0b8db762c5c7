#pragma once

#include "http/request_head.hpp"

#include <string_view>
#include <vector>

namespace docker_run::http {

/// Whether a request asks for a WebSocket with a correct opening handshake (RFC 6455, 4.2.1): GET, HTTP/1.1,
/// no body, version 13, and a key of 16 bytes.
bool asks_for_websocket(const request_head& head);

/// The subprotocols that the client offers, in its order (RFC 6455, 11.3.4). They live as long as `head`.
std::vector<std::string_view> offered_subprotocols(const request_head& head);

} // namespace docker_run::http
