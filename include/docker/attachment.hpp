#pragma once

#include "docker/http_call.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace docker_run::docker {

/// The stdin and the output of one running container. Move-only. Use it on the strand that is its executor,
/// with at most one read and one write at the same time. Destroying it closes the connection, which must
/// happen before the container is removed (moby#41827).
class attachment {
  public:
    explicit attachment(raw_stream opened) : stream_(std::move(opened)) {}

    /// The same connection for use on the strand `executor`: a container goes from the pool to a run. This
    /// one is empty afterwards. Throws engine_error(broken) if the system has no memory for that; the
    /// connection is closed then.
    attachment moved_to(const boost::asio::any_io_executor& executor);

    /// Whether the container is alive and has not printed anything, as one that waits for its payload. Does
    /// not block.
    bool is_waiting();

    /// The deadline of the reads and writes that start from now on.
    void expires_at(std::chrono::steady_clock::time_point deadline);

    /// Waits for output in the engine's frames, and returns it: at least one byte. The bytes are valid until
    /// the next read. Nothing is read from the engine before the next call, so a slow reader slows the
    /// program. On failure returns nothing and sets `error`: eof at the end, timed_out at the deadline, or
    /// the error of the socket. Throws system_error if it is cancelled.
    boost::asio::awaitable<std::string_view> read(boost::system::error_code& error);

    /// The output that can be read without waiting; empty if there is none. Valid until the next read.
    std::string_view read_available();

    /// Writes all bytes of both parts to stdin. They must live until then. `error` is set as for read(), and
    /// to operation_aborted if it is cancelled.
    boost::asio::awaitable<void> write(std::array<std::string_view, 2> parts,
                                       boost::system::error_code& error);

    /// Ends stdin. Call it after the last write.
    void close_stdin(boost::system::error_code& error);

  private:
    std::string_view receive(std::size_t known);

    raw_stream stream_;
    std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
    std::string early_;              ///< returned by the first read
    std::array<char, 512> first_{};  ///< for the first bytes of a read: a silent container needs no more
    std::unique_ptr<char[]> buffer_; ///< for a read that has more
};

} // namespace docker_run::docker
