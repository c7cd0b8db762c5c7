#pragma once

#include "docker/engine.hpp"

#include <chrono>

namespace docker_run {

/// All times that follow from the longest execution time of a program. A value type; pure.
class time_budget {
  public:
    explicit constexpr time_budget(std::chrono::seconds max_execution_time) : run_(max_execution_time) {}

    /// The limit that the daemon enforces, from the payload to the end of the conversation.
    [[nodiscard]] constexpr std::chrono::seconds run() const { return run_; }

    /// The limit that the runner in the container enforces. It is a little shorter, so that the runner can
    /// still report.
    [[nodiscard]] std::chrono::milliseconds runner() const;

    /// RLIMIT_CPU. It ends a runaway program even if the daemon is gone. It counts all threads of a process,
    /// so it is the time limit times the container's CPUs, rounded up, plus one second. Less would kill
    /// correct programs.
    [[nodiscard]] std::chrono::seconds cpu(double cpus) const;

    /// The longest life of a container, counted from before its create call is sent: every call takes its
    /// longest time, and the container waits for `max_idle`, runs and is removed. `interactive_time`: how
    /// much longer an interactive run may take; 0: the container has none. The labels of a container state
    /// this time, and other daemons do not remove it earlier.
    [[nodiscard]] std::chrono::seconds
    container_life(const docker::call_limits& calls, std::chrono::seconds max_idle,
                   std::chrono::seconds interactive_time = std::chrono::seconds(0)) const;

    /// The time that a stop needs for a run that has just got a worker: for its launch, the run itself and
    /// the clean-up.
    [[nodiscard]] std::chrono::seconds drain() const;

    /// The shortest SERVER_STOP_TIMEOUT, and the default.
    [[nodiscard]] std::chrono::seconds least_stop() const;
    [[nodiscard]] std::chrono::seconds default_stop() const;

  private:
    std::chrono::seconds run_;
};

/// The part of a stop that is reserved for the time after the last run: for writing its response and for the
/// removals.
inline constexpr std::chrono::seconds clean_up_time{3};

/// The longest time that a container may be in the state `created`, between its create call and its start.
std::chrono::seconds longest_creation(const docker::call_limits& calls);

} // namespace docker_run
