#pragma once

#include "api/router.hpp"
#include "http/error.hpp"
#include "http/request_head.hpp"
#include "http/response.hpp"

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

} // namespace docker_run
