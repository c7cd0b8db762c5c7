#pragma once

#include "admission/admission_queue.hpp"
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

/// Reports the state of the daemon to the service manager, in the protocol of sd_notify(3), and never waits
/// for it. Does nothing if NOTIFY_SOCKET is not set.
/// Thread-safe except for ready().
class service_notifier {
  public:
    /// `threads`: an executor of every thread that must stay alive. The first one does the work.
    service_notifier(std::vector<boost::asio::any_io_executor> threads, const readiness& ready,
                     const admission_queue& runs, const container_pool& pool, const logger& log);

    /// Call when the daemon accepts connections. Starts a coroutine that reports the status and that the
    /// daemon is alive. Before it reports the latter, every thread must have answered. It also takes the
    /// locks of the parts that it asks. If a thread or a lock is stuck, the reports stop and systemd's
    /// watchdog ends the daemon.
    void ready();

    /// The daemon shuts down and needs at most `time_limit`. Asks the service manager to grant that time.
    void stopping(std::chrono::seconds time_limit);

    /// Ends the coroutine.
    void stop() { tasks_.cancel(); }

  private:
    using answers = std::shared_ptr<std::atomic<std::size_t>>;

    boost::asio::awaitable<void> beat(std::chrono::microseconds interval);
    answers ask_threads() const;
    std::string status() const;

    std::vector<boost::asio::any_io_executor> threads_;
    const readiness& ready_;
    const admission_queue& runs_;
    const container_pool& pool_;
    task_group tasks_;
};

} // namespace docker_run
