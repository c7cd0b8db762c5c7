#pragma once

#include "docker/engine.hpp"

#include <chrono>

namespace docker_run {

/// Every time that follows from how long a program may run. A value; pure.
class time_budget {
  public:
    explicit constexpr time_budget(std::chrono::seconds max_execution_time) : run_(max_execution_time) {}

    /// From the payload to the end of the conversation, as the daemon enforces it.
    [[nodiscard]] constexpr std::chrono::seconds run() const { return run_; }

    /// The limit that the runner in the container keeps itself, a little shorter, so that it can still
    /// report.
    [[nodiscard]] std::chrono::milliseconds runner() const;

    /// RLIMIT_CPU, which ends a runaway even when nobody is left to end it. It counts all threads of a
    /// process, so it is the time limit times the container's CPUs, rounded up, and one second more: less
    /// would kill correct programs.
    [[nodiscard]] std::chrono::seconds cpu(double cpus) const;

    /// The longest that a container may live by our own rules, counted from before its create call is sent:
    /// every call takes as long as it may, then the container waits for `max_idle`, runs and is removed. The
    /// labels of a container name this time, and other daemons leave it alone for so long.
    [[nodiscard]] std::chrono::seconds container_life(const docker::call_limits& calls,
                                                      std::chrono::seconds max_idle) const;

    /// What a stop needs for a run that has just got a worker: its launch, itself and what follows it.
    [[nodiscard]] std::chrono::seconds drain() const;

    /// The shortest SERVER_STOP_TIMEOUT, and the one that is taken where none is set.
    [[nodiscard]] std::chrono::seconds least_stop() const;
    [[nodiscard]] std::chrono::seconds default_stop() const;

  private:
    std::chrono::seconds run_;
};

/// The part of a stop that is kept for what follows the last run: its answer and the removals.
inline constexpr std::chrono::seconds clean_up_time{3};

/// The longest that a container may stay `created`, which is between its create call and its start.
std::chrono::seconds longest_creation(const docker::call_limits& calls);

} // namespace docker_run
