#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace code_runner {

/// What the programs use from its construction on. Counts those that were reaped.
class usage_meter {
  public:
    usage_meter();

    /// This process has run before the start: what it used until now does not count.
    void forget(pid_t process);

    std::chrono::nanoseconds cpu_time() const;

    /// Largest resident set of one process, in bytes.
    std::uint64_t maximum_memory() const;

    /// Whether the kernel has killed a process of this container for memory since the start. False where the
    /// container does not see its cgroup.
    bool killed_for_memory() const;

  private:
    std::chrono::nanoseconds cpu_time_before_;
    std::uint64_t kills_before_;
};

/// The number behind `oom_kill` in a cgroup's memory.events (v2) or memory.oom_control (v1); 0 without one.
std::uint64_t parse_oom_kills(std::string_view text);

} // namespace code_runner
