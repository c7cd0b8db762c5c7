#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

namespace docker_run {

/// A fixed set of threads, each with an io_context of its own. What runs on one executor runs on one thread,
/// one handler at a time: an implicit strand, which costs no lock that anybody else holds and wakes no other
/// thread.
class io_context_pool {
  public:
    /// `threads`: at least 1; the caller of run() is the first of them.
    explicit io_context_pool(std::size_t threads);

    /// The first thread's. Thread-safe, as is next().
    boost::asio::any_io_executor main() const { return contexts_.front()->get_executor(); }

    /// Each thread's in turn, for work that is to be spread.
    boost::asio::any_io_executor next();

    /// Every thread's, the first one's first.
    std::vector<boost::asio::any_io_executor> all() const;

    /// Runs the contexts until release() was called and nothing is left to do. Called once.
    void run();

    /// Lets run() return; to be called when nothing is left that one thread may start on another. Called on
    /// the main executor.
    void release() { guards_.clear(); }

  private:
    using context = boost::asio::io_context;

    std::vector<std::unique_ptr<context>> contexts_;
    std::vector<boost::asio::executor_work_guard<context::executor_type>> guards_;
    std::atomic<std::size_t> turn_ = 0;
};

} // namespace docker_run
