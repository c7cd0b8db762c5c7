#pragma once

#include "api/router.hpp"
#include "http/error.hpp"
#include "http/request_head.hpp"
#include "http/response.hpp"

#include <span>
#include <string>
#include <string_view>

namespace docker_run {

// Checks of a request before its body is read, in the order of the contract (api_docs/run.md).

/// The 405 response, with the `Allow` header of the route.
http::response method_not_allowed(const route& resource);

/// The 401 response, with the challenge that RFC 9110, 11.6.1 requires.
http::response unauthorized(const route& resource);

/// Throws request_error 417 for an expectation other than `100-continue`.
void check_expectation(const http::request_head& head);

/// Throws request_error: 415 for a Content-Encoding other than `identity`, 400 for a body that is not
/// declared JSON.
void check_run_head(const http::request_head& head);

/// Throws request_error 403 if the request comes from a page of an origin that is not `allowed` (RFC 6454).
/// Browsers name the origin. Programs need not, and may open a WebSocket without one.
void check_origin(const http::request_head& head, std::span<const std::string> allowed);

/// Throws request_error 400 if the handshake of a WebSocket does not offer the subprotocol.
void check_subprotocol(const http::request_head& head, std::string_view required);

} // namespace docker_run
