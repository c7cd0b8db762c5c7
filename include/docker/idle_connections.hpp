#pragma once

#include "async/mutex.hpp"
#include "docker/unix_stream.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <list>
#include <optional>

namespace docker_run::docker {

/// Connections to the engine that are open and wait for their next request. A new connection for each call
/// costs the daemon a socket and the engine a thread of its own. Each executor has its own connections.
/// Thread-safe. Destroy it after the executors have stopped.
class idle_connections {
  public:
    /// Returns a connection of this executor that the engine has not closed, if there is one. The engine may
    /// close it at any moment.
    std::optional<unix_stream> take(const boost::asio::any_io_executor& executor);

    /// Keeps a connection for a later call on its executor, or closes it if there are enough. Its last
    /// response must be complete.
    void keep(unix_stream stream);

  private:
    mutex mutex_;
    std::list<unix_stream> streams_ GUARDED_BY(mutex_); ///< the most recently used one last
};

} // namespace docker_run::docker
