#pragma once

#include "http/connection.hpp"
#include "http/request_head.hpp"
#include "http/response.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace docker_run::http {

/// A response whose body is sent in pieces while its handler runs. The handler begins it, sends pieces and
/// ends it. The response that the handler returns is then not sent. If the handler throws, or returns before
/// it has called end(), the connection is closed without the mark of the body's end, so that the client does
/// not take the body for complete.
///
/// The body is chunked (RFC 9112, 7.1). For HTTP/1.0 the end of the connection marks its end. HEAD gets the
/// head only. Use it on the connection's strand, one call at a time.
class response_stream {
  public:
    /// Makes the head of a response, as the session decides about the connection.
    using head_maker = std::function<std::string(const response& message, body_length length)>;

    /// `caller` must outlive it. `write_timeout`: how long the client may take no byte of what is sent.
    response_stream(connection& caller, const request_head& request, std::chrono::seconds write_timeout,
                    head_maker make_head);

    /// Sends the head of `message`, and its body as the first piece. Call it once. Throws system_error if the
    /// client does not take the bytes in time (timed_out) or has gone, or if it is cancelled. So do send()
    /// and end().
    boost::asio::awaitable<void> begin(response message);

    /// Sends a piece of the body; an empty one sends nothing. Returns when the kernel has taken all of it,
    /// so a slow client slows the handler. `piece` must live until then.
    boost::asio::awaitable<void> send(std::string_view piece);

    /// Sends the last piece of the body, which may be empty, and marks the end.
    boost::asio::awaitable<void> end(std::string_view piece = {});

    /// From now on, all that is sent must be taken within `time` together.
    void hurry(std::chrono::milliseconds time);

    bool has_begun() const { return progress_ != progress::none; }
    bool has_ended() const { return progress_ == progress::ended; }
    /// Whether a write has failed: the client is gone or too slow.
    bool has_failed() const { return progress_ == progress::failed; }

  private:
    enum class progress : std::uint8_t { none, begun, ended, failed };

    boost::asio::awaitable<void> write(std::string_view head, std::string_view piece, bool is_end);

    connection& caller_;
    std::chrono::seconds write_timeout_;
    connection::clock::time_point deadline_ = connection::clock::time_point::max();
    head_maker make_head_;
    bool is_chunked_;
    bool with_body_;
    progress progress_ = progress::none;
};

} // namespace docker_run::http
