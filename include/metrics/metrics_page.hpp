#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace docker_run {

namespace docker {
class engine;
}
namespace http {
class server;
}
class container_pool;
class engine_limits;
class engine_watch;
class logger;
class metrics;
class readiness;
class reaper;
class admission_queue;

/// The page for scrapers: everything that `metrics` has counted, and the current state of the daemon's parts,
/// in Prometheus' text format 0.0.4. Thread-safe.
class metrics_page {
  public:
    /// The parts that a scrape reads. Each must be alive whenever the page is rendered.
    struct sources {
        std::size_t workers;
        std::size_t queue_size;
        std::size_t interactive_max;
        std::size_t max_connections;
        metrics& counted;
        const admission_queue& admission;
        const container_pool& pool;
        const reaper& removals;
        const docker::engine& engine;
        const engine_watch& watch;
        const engine_limits& limits;
        const readiness& ready;
        const http::server& server;
        const logger& log;
    };

    static constexpr auto content_type = "text/plain; version=0.0.4; charset=utf-8";

    explicit metrics_page(const sources& from) : sources_(from) {}

    std::string render() const;

  private:
    sources sources_;
    std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
};

} // namespace docker_run
