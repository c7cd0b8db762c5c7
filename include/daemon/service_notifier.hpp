#pragma once

#include "admission/slots.hpp"
#include "async/task_group.hpp"
#include "health/readiness.hpp"
#include "log/log.hpp"
#include "pool/container_pool.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace docker_run {

/// Tells the service manager how the daemon is, in the protocol of sd_notify(3), and never waits for it; does
/// nothing where NOTIFY_SOCKET is not set.
/// Thread-safe but for ready().
class service_notifier {
  public:
    /// `threads`: an executor of every thread that must live; the first one's does the work.
    service_notifier(std::vector<boost::asio::any_io_executor> threads, const readiness& ready,
                     const slots& runs, const container_pool& pool, const logger& log);

    /// The daemon accepts connections. From now on a coroutine says how it is, and that it lives: for that
    /// every thread must have answered, and it takes the locks of the parts that it asks, so a daemon in
    /// which either is stuck falls silent, and systemd's watchdog ends it.
    void ready();

    /// The daemon goes down and needs at most so long for it, which the service manager is asked to grant.
    void stopping(std::chrono::seconds at_most);

    /// Ends the coroutine.
    void stop() { tasks_.cancel(); }

  private:
    using answers = std::shared_ptr<std::atomic<std::size_t>>;

    boost::asio::awaitable<void> beat(std::chrono::microseconds interval);
    answers ask_threads() const;
    std::string status() const;

    std::vector<boost::asio::any_io_executor> threads_;
    const readiness& ready_;
    const slots& runs_;
    const container_pool& pool_;
    task_group tasks_;
};

} // namespace docker_run
