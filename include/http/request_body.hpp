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

/// 503: the reading was ended by paced_input::give_way().
class body_gave_way : public request_error {
  public:
    body_gave_way();
};

/// The body of one request, still on its connection. A body that no handler reads is not read, but for the
/// little that may be skipped to keep the connection. Used on the connection's strand.
class request_body {
  public:
    /// `timeout` is for the whole body, from the moment somebody asks for it.
    request_body(connection& from, const request_head& head, std::chrono::seconds timeout);

    /// What Content-Length announces; 0 without a body, nothing where it is chunked.
    std::optional<std::uint64_t> declared_length() const;

    /// Whether all of it has arrived, so that reading it waits for nothing. Not known of chunks.
    bool has_arrived() const;

    /// The body as others may see it while it is read.
    const std::shared_ptr<paced_input>& arrival();

    /// Reads the body to its end; at most once. Sends `100 Continue` first where the client waits for it.
    /// Throws request_error: 413 for more than `max_size` bytes, before anything is read where the length
    /// says so; 400 for broken framing or an end before the end; 408 when the time is over or it comes more
    /// slowly than least_input_rate; body_gave_way. Memory grows with what arrives, not with what was
    /// announced.
    boost::asio::awaitable<std::string> read(std::size_t max_size);

    /// Drops what has arrived of a body that was not read. Whether the connection can be kept: the rest is
    /// nothing, or so little that skip_rest() may wait for it behind the answer.
    bool skip_arrived();

    /// Reads and drops that rest. Whether the next request can follow.
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
    connection::clock::time_point deadline_; // of the reading
    std::shared_ptr<paced_input> arrival_;
    state state_;
    std::uint64_t left_; // bytes of a body by length that were not taken yet
};

} // namespace docker_run::http
