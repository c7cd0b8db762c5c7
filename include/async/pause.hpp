#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace docker_run {

/// Waits for `duration` on the executor of the coroutine. A cancellation ends the wait with
/// operation_aborted.
boost::asio::awaitable<void> pause(std::chrono::milliseconds duration);

} // namespace docker_run
