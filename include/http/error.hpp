#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace docker_run::http {

/// The refusal of a request without asking the request handler, as a value. The pure checks return it. Both
/// texts are literals, so the response repeats nothing of the request.
struct refusal {
    unsigned status;
    std::string_view code;
    std::string_view message;
    friend bool operator==(const refusal&, const refusal&) = default;
};

/// The same as an exception, for a request handler. The session answers `status` with error_body(code(),
/// what()).
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

/// `text` as valid UTF-8 of at most `max_size` bytes: invalid sequences become U+FFFD, and the cut is between
/// characters.
std::string bounded_utf8(std::string_view text, std::size_t max_size);

/// `{"error":code,"message":message}`, the message by bounded_utf8 with max_message_size.
std::string error_body(std::string_view code, std::string_view message);

} // namespace docker_run::http
