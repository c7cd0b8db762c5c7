#pragma once

#include "async/event.hpp"
#include "async/task_group.hpp"
#include "container/engine_limits.hpp"
#include "docker/engine.hpp"
#include "image/image_catalogue.hpp"
#include "log/log.hpp"
#include "pool/container_pool.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <chrono>
#include <string>

namespace docker_run {

/// Watches the engine. Listens to its events, so that the catalogue and the pool learn of changed images.
/// Probes it regularly, for readiness. Has its limits checked whenever it may have been replaced.
/// Thread-safe.
class engine_watch {
  public:
    engine_watch(boost::asio::any_io_executor executor, docker::engine& engine, image_catalogue& images,
                 container_pool& pool, engine_limits& limits, const logger& log);

    void start();
    void stop() { tasks_.cancel(); }

    /// Returns when the engine's event stream has connected for the first time, or at `deadline`. The image
    /// of a container that was warmed up earlier may have changed since; such a container is dropped when the
    /// stream connects.
    boost::asio::awaitable<void> wait_until_listening(std::chrono::steady_clock::time_point deadline);

    /// Whether the engine's last response to a probe was good and came in time.
    bool engine_works() const noexcept { return works_; }

  private:
    boost::asio::awaitable<void> probe();
    boost::asio::awaitable<void> probe_once();
    boost::asio::awaitable<void> follow_events();
    boost::asio::awaitable<std::string> listen();
    void take(const docker::image_event& event);

    docker::engine& engine_;
    image_catalogue& images_;
    container_pool& pool_;
    engine_limits& limits_;
    const logger& log_;
    std::atomic<bool> works_ = false;
    event connected_; ///< set once the first event stream is connected
    task_group tasks_;
};

} // namespace docker_run
