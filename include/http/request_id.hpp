#pragma once

#include <string>
#include <string_view>

namespace docker_run::http {

/// Whether a caller's X-Request-Id is accepted: 1 to 128 characters of `[A-Za-z0-9._-]`, so that it is safe
/// in a header, in a log line and in a label without escaping.
bool is_request_id(std::string_view text);

/// 128 random bits from the kernel as 32 hexadecimal digits. Thread-safe.
std::string new_request_id();

} // namespace docker_run::http
