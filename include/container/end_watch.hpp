#pragma once

#include "async/event.hpp"
#include "async/mutex.hpp"
#include "docker/attachment.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <deque>

namespace docker_run {

/// Lets containers end by themselves before they are removed. The removal of a live container costs the
/// engine a kill, which is one more process of the runtime: 10 % of a run's processor time with Docker 20.10,
/// and more with Docker 29. code_runner ends some 20 ms after its answer. The end of the attach stream tells
/// of it without any call. Thread-safe. Must outlive its waits.
class end_watch {
  public:
    /// `most`: how many ends are awaited at once. One more ends the oldest wait.
    explicit end_watch(std::size_t most) : most_(most) {}

    /// Reads `stream` until it ends, but for at most `patience` and 64 KiB, then closes it. Returns early
    /// after stop(). Runs on the executor of the stream.
    boost::asio::awaitable<void> wait(docker::attachment stream, std::chrono::milliseconds patience);

    /// Ends all waits, and makes later ones return at once.
    void stop();

  private:
    class entry;

    const std::size_t most_;
    mutex mutex_;
    std::deque<event*> waits_ GUARDED_BY(mutex_); ///< oldest first; set: the wait is over
    bool stopped_ GUARDED_BY(mutex_) = false;
};

} // namespace docker_run
