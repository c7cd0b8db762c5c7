#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

namespace docker_run {

/// A fixed set of threads, each with its own io_context. The handlers of one executor run on one thread, one
/// at a time. This is an implicit strand: it waits for no lock and wakes no other thread.
class io_context_pool {
  public:
    /// `threads`: at least 1. The thread that calls run() is the first of them.
    explicit io_context_pool(std::size_t threads);

    /// The executor of the first thread. Thread-safe, like next().
    boost::asio::any_io_executor main() const { return contexts_.front()->get_executor(); }

    /// Returns the executors of the threads in turn, to spread work over them.
    boost::asio::any_io_executor next();

    /// The executors of all threads, beginning with that of the first thread.
    std::vector<boost::asio::any_io_executor> all() const;

    /// Runs the contexts until release() was called and no work is left. Call it once.
    void run();

    /// Allows run() to return. Call it on the main executor, when no thread will start more work on another
    /// thread.
    void release() { guards_.clear(); }

  private:
    using context = boost::asio::io_context;

    std::vector<std::unique_ptr<context>> contexts_;
    std::vector<boost::asio::executor_work_guard<context::executor_type>> guards_;
    std::atomic<std::size_t> turn_ = 0;
};

} // namespace docker_run
