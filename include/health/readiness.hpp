#pragma once

#include "container/engine_limits.hpp"
#include "container/reaper.hpp"
#include "health/engine_watch.hpp"

#include <atomic>
#include <string>
#include <vector>

namespace docker_run {

/// Whether a load balancer should send requests here. Never depends on the load: a daemon that drops out
/// because it is busy sends its load to the next one. Thread-safe.
class readiness {
  public:
    readiness(const engine_watch& watch, const engine_limits& limits, const reaper& removals)
        : watch_(watch), limits_(limits), reaper_(removals) {}

    void sweep_done() { swept_ = true; }
    void prewarm_done() { prewarmed_ = true; }
    void drain() { draining_ = true; }

    /// The reasons why the daemon is not ready, in words. Empty when it is ready.
    std::vector<std::string> obstacles() const;

  private:
    const engine_watch& watch_;
    const engine_limits& limits_;
    const reaper& reaper_;
    std::atomic<bool> swept_ = false;
    std::atomic<bool> prewarmed_ = false;
    std::atomic<bool> draining_ = false;
};

} // namespace docker_run
