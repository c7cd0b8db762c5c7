#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace docker_run::http {

/// An answer, as a handler makes it.
struct response {
    unsigned status = 200;
    std::string body;
    std::string content_type = "application/json";
    /// Further fields; never Connection, Content-Length, Content-Type, Date or X-Request-Id, which the
    /// session sets.
    std::vector<std::pair<std::string, std::string>> fields;
    bool close = false;         ///< end the connection behind this answer
    std::shared_ptr<void> held; ///< what the answer occupies; let go when it has been written
};

/// `status` with error_body(code, message).
response error_response(unsigned status, std::string_view code, std::string_view message);

/// The head of `answer` as it goes over the wire, from the status line through the empty line. Bytes in a
/// field's value that could end the line or are no text become `?`, so whatever is echoed cannot become a
/// field of its own.
std::string serialize_head(const response& answer, std::string_view request_id, bool keep_alive);

} // namespace docker_run::http
