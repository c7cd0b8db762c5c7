#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>

#include <chrono>
#include <string>

namespace docker_run::docker {

/// A connection to the engine. Its deadline (`expires_at`) covers every operation until it is set again; when
/// it passes, the socket is closed and the operation fails with `beast::error::timeout`. Use it only on its
/// executor, which must be a strand.
using unix_stream = boost::beast::basic_stream<boost::asio::local::stream_protocol>;

/// Connects to the unix socket at `path`, on the executor of the calling coroutine. While the listener's
/// backlog is full it tries again until `deadline`. Throws engine_error(unreachable).
boost::asio::awaitable<unix_stream> connect_unix(std::string path,
                                                 std::chrono::steady_clock::time_point deadline);

} // namespace docker_run::docker
