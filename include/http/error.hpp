#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace docker_run::http {

/// A request that is answered without asking a handler, as a value: what the pure checks return.
/// Both texts are literals, so nothing of the request is echoed.
struct refusal {
    unsigned status;
    std::string_view code;
    std::string_view message;
    friend bool operator==(const refusal&, const refusal&) = default;
};

/// The same as an exception, for a handler: the session answers `status` with error_body(code(), what()).
class request_error : public std::runtime_error {
  public:
    request_error(unsigned status, std::string code, const std::string& message);
    explicit request_error(const refusal& reason);

    unsigned status() const { return status_; }
    const std::string& code() const { return code_; }

  private:
    unsigned status_;
    std::string code_;
};

/// The longest `message` of an error body, in bytes.
inline constexpr std::size_t max_message_size = 4096;

/// `text` as valid UTF-8 of at most `max_size` bytes: what is not valid becomes U+FFFD, the cut is between
/// characters.
std::string bounded_utf8(std::string_view text, std::size_t max_size);

/// `{"error":code,"message":message}`, the message by bounded_utf8 with max_message_size.
std::string error_body(std::string_view code, std::string_view message);

} // namespace docker_run::http
