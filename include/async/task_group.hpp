#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <mutex>

namespace docker_run {

/// Detached coroutines that somebody is responsible for: all can be cancelled, and one can wait until the
/// last has ended. Thread-safe. Outlives its tasks, so the executor must have run out of work, or `finished`
/// have been awaited, before it is destroyed.
class task_group {
  public:
    using exception_handler = std::function<void(std::exception_ptr)>;

    /// The tasks run on `executor`, which runs one handler at a time. `on_exception` hears there of every
    /// exception that leaves a task (a cancellation is none).
    task_group(boost::asio::any_io_executor executor, exception_handler on_exception);
    ~task_group();
    task_group(const task_group&) = delete;
    task_group& operator=(const task_group&) = delete;

    /// Starts `work`. Its parameters must live in its own frame (a named coroutine that takes them by value).
    /// After cancel() it is dropped without a start.
    void spawn(boost::asio::awaitable<void> work);

    /// Starts a loop that must not end before its cancellation. When an exception leaves it, `on_exception`
    /// hears of that, and a second later `loop` is called for a new one. One that returns has ended.
    void keep_running(std::function<boost::asio::awaitable<void>()> loop);

    /// Cancels all tasks, once and for all: every wait of theirs ends with operation_aborted. Returns at
    /// once.
    void cancel();

    /// Waits until no task is left; false if `deadline` passed first.
    boost::asio::awaitable<bool> finished(std::chrono::steady_clock::time_point deadline);

    std::size_t size() const;

  private:
    struct task;
    struct state;
    std::shared_ptr<state> state_;
};

} // namespace docker_run
