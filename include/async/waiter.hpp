#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>

namespace docker_run {

/// A coroutine that sleeps until somebody wakes it. A shared_ptr must hold it. Its executor must run one
/// handler at a time.
class waiter : public std::enable_shared_from_this<waiter> {
  public:
    waiter(const boost::asio::any_io_executor& executor, std::chrono::steady_clock::time_point deadline)
        : timer_(executor, deadline) {}
    waiter(const waiter&) = delete;
    waiter& operator=(const waiter&) = delete;

    /// Call it on the executor, at most once. Returns true if wake() ended the sleep. Returns false if
    /// `deadline` passed or the coroutine was cancelled first.
    boost::asio::awaitable<bool> sleep();

    /// Thread-safe. It may come before sleep() if the coroutine does not leave its executor in between.
    void wake();

  private:
    // Both are used on the executor only. The timer serves as a condition variable.
    boost::asio::steady_timer timer_;
    bool is_woken_ = false;
};

} // namespace docker_run
