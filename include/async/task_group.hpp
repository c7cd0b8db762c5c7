#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>

namespace docker_run {

/// A group of detached coroutines. It can cancel all of them and wait until the last one has ended.
/// Thread-safe. It must outlive its tasks: before it is destroyed, the executor must have run out of work, or
/// `wait_until_finished` must have been awaited.
class task_group {
  public:
    using exception_handler = std::function<void(std::exception_ptr)>;

    /// The tasks run on `executor`, which runs one handler at a time. `on_exception` is called there for
    /// every exception that leaves a task, except a cancellation.
    task_group(boost::asio::any_io_executor executor, exception_handler on_exception);
    ~task_group();
    task_group(const task_group&) = delete;
    task_group& operator=(const task_group&) = delete;

    /// Starts `work`. Its parameters must live in its own frame: use a named coroutine that takes them by
    /// value. After cancel(), `work` is dropped and never starts.
    void spawn(boost::asio::awaitable<void> work);

    /// Starts a loop that should run until it is cancelled. When an exception leaves it, `on_exception` is
    /// called, and one second later `loop` is called for a new coroutine. A loop that returns is not
    /// restarted.
    void keep_running(std::function<boost::asio::awaitable<void>()> loop);

    /// Cancels all tasks for good: every wait in them ends with operation_aborted. Returns at once.
    void cancel();

    /// Waits for a moment without a task. Returns false if `deadline` passed or the coroutine was cancelled
    /// first.
    boost::asio::awaitable<bool> wait_until_finished(std::chrono::steady_clock::time_point deadline);

    std::size_t size() const;

  private:
    struct task;
    struct state;
    std::shared_ptr<state> state_;
};

} // namespace docker_run
