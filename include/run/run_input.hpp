#pragma once

#include <boost/asio/awaitable.hpp>

#include <string>

namespace docker_run {

/// What a caller sends to its program while it runs. Used on the strand of the run, one call at a time.
class run_input {
  public:
    virtual ~run_input() = default;

    /// Waits for the next frames for the runner (protocol::task_frame), and returns them complete. Nothing
    /// further is taken from the caller before the next call, so a program that does not read slows its
    /// caller. An empty string: the caller sends nothing more. May be cancelled.
    virtual boost::asio::awaitable<std::string> next() = 0;
};

} // namespace docker_run
