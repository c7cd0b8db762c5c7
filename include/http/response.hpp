#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace docker_run::http {

/// A response, as a request handler creates it.
struct response {
    unsigned status = 200;
    std::string body;
    std::string content_type = "application/json";
    /// Further headers; never Connection, Content-Length, Content-Type, Date or X-Request-Id, which the
    /// session sets.
    std::vector<std::pair<std::string, std::string>> fields;
    bool close = false;         ///< close the connection after this response
    std::shared_ptr<void> held; ///< resources of the response; released after it has been written
};

/// `status` with error_body(code, message).
response error_response(unsigned status, std::string_view code, std::string_view message);

/// How the end of a response's body is marked (RFC 9112, 6.3).
enum class body_length : std::uint8_t { known, chunked, until_close };

/// The head of `message` as it is sent, from the status line through the empty line. Bytes in a header's
/// value that could end the line or are not text become `?`, so an echoed value cannot inject a header.
std::string serialize_head(const response& message, std::string_view request_id, bool keep_alive,
                           body_length length = body_length::known);

} // namespace docker_run::http
