#pragma once

#include "container_pool.hpp"
#include "log.hpp"
#include "readiness.hpp"
#include "slots.hpp"
#include "task_group.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <string>

namespace docker_run {

/// Tells the service manager how the daemon is, in the protocol of sd_notify(3), and never waits for it; does
/// nothing where NOTIFY_SOCKET is not set.
/// Thread-safe but for ready().
class service_notifier {
  public:
    service_notifier(boost::asio::any_io_executor executor, const readiness& ready, const slots& runs,
                     const container_pool& pool, const logger& log);

    /// The daemon accepts connections. From now on a coroutine says how it is, and that it lives: it needs a
    /// thread of the io_context and the locks of the parts that it asks, so a daemon in which either is stuck
    /// falls silent, and systemd's watchdog ends it.
    void ready();

    /// The daemon goes down and needs at most so long for it, which the service manager is asked to grant.
    void stopping(std::chrono::seconds at_most);

    /// Ends the coroutine.
    void stop() { tasks_.cancel(); }

  private:
    boost::asio::awaitable<void> beat(std::chrono::microseconds interval);
    std::string status() const;

    const readiness& ready_;
    const slots& runs_;
    const container_pool& pool_;
    task_group tasks_;
};

} // namespace docker_run
