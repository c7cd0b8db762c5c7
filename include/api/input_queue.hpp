#pragma once

#include "async/event.hpp"
#include "run/run_input.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <string>

namespace docker_run {

/// How many bytes for a program may be on their way. Beyond that nothing more is read from its caller.
inline constexpr std::size_t input_capacity = 65'536;

/// The input of an interactive run, on its way from the caller to the run. Use it on one strand, with one
/// coroutine that reads from the caller and one that is the run.
class input_queue final : public run_input {
  public:
    /// Waits while input_capacity bytes or more are on their way: in the queue, or returned by the last
    /// next(). May be cancelled.
    boost::asio::awaitable<void> wait_for_room();

    /// Adds frames, at any time.
    void push(std::string frames);

    boost::asio::awaitable<std::string> next() override;

  private:
    std::size_t on_their_way() const { return frames_.size() + taken_; }

    std::string frames_;
    std::size_t taken_ = 0; ///< bytes that the last next() returned
    event news_;
    event room_;
};

} // namespace docker_run
