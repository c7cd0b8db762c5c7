#pragma once

#include "async/paced_input.hpp"
#include "http/connection.hpp"
#include "http/error.hpp"
#include "http/request_head.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace docker_run::http {

/// 413: the body is longer than `max_size` bytes.
request_error body_too_large(std::size_t max_size);

/// 503: paced_input::give_way() ended the read.
class body_gave_way : public request_error {
  public:
    body_gave_way();
};

/// The body of one request, still on its connection. An unread body is discarded only if it is small enough
/// to keep the connection. Used on the connection's strand.
class request_body {
  public:
    /// `timeout` is for the whole body, counted from the call that reads it.
    request_body(connection& from, const request_head& head, std::chrono::seconds timeout);

    /// The length that Content-Length announces; 0 without a body, nothing if it is chunked.
    std::optional<std::uint64_t> declared_length() const;

    /// Whether all of the body has arrived, so that a read does not wait. For an unread chunked body always
    /// false.
    bool has_arrived() const;

    /// The body as others may see it while it is read.
    const std::shared_ptr<paced_input>& arrival();

    /// Reads the whole body. Call it at most once. Sends `100 Continue` first if the client waits for it.
    /// Throws request_error: 413 for more than `max_size` bytes (before reading anything if Content-Length
    /// exceeds it); 400 for broken framing or a connection that ends too early; 408 when the time is over or
    /// the body arrives more slowly than least_input_rate; body_gave_way. Memory grows with the bytes that
    /// arrive, not with the announced length.
    boost::asio::awaitable<std::string> read(std::size_t max_size);

    /// Drops the part of an unread body that has arrived. Returns whether the connection can be kept: the
    /// rest is empty, or small enough that skip_rest() can wait for it after the response.
    bool skip_arrived();

    /// Reads and drops that rest. Returns whether the next request can follow.
    boost::asio::awaitable<bool> skip_rest();

  private:
    enum class state { untouched, reading, finished };

    bool is_awaited_by_client() const;
    boost::asio::awaitable<void> invite();
    boost::asio::awaitable<std::string> read_by_length();
    boost::asio::awaitable<std::string> read_chunks(std::size_t max_size);
    boost::asio::awaitable<void> receive();
    [[noreturn]] void throw_late(connection::clock::time_point now) const;

    connection& from_;
    body_framing framing_;
    bool expects_continue_;
    std::chrono::seconds timeout_;
    connection::clock::time_point deadline_; // of the read
    std::shared_ptr<paced_input> arrival_;
    state state_;
    std::uint64_t left_; // bytes not consumed yet; only for a body with a length
};

} // namespace docker_run::http
