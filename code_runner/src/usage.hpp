#pragma once

#include "cgroup.hpp"
#include "child_reaper.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>

namespace code_runner {

/// What programs use, without our own share. Their processor time is what the container's group counts, so
/// that no program can hide a child's; where no group is to be seen, that of the processes that were reaped.
/// Their memory is the largest of what was seen: the resident set of one process that was reaped, and samples
/// of the group's anonymous memory.
class usage_meter {
  public:
    /// The reaper must outlive it.
    explicit usage_meter(reaper& reaper);

    /// Processor time counts from here on.
    void start();

    /// This process has run before the start: what it used until now does not count.
    void forget(pid_t process);

    /// Memory counts from here on. Before the stage's program is started.
    void start_stage();

    /// When to call sample(); never where no group is to be seen.
    std::chrono::steady_clock::time_point next_sample() const { return next_sample_; }

    /// Looks at the group's memory; does nothing before the next sample is due.
    void sample();

    std::chrono::nanoseconds cpu_time() const;

    /// Bytes. For the end of a stage, when its processes are reaped.
    std::uint64_t maximum_memory();

  private:
    /// Of programs, since the container's start.
    std::chrono::nanoseconds cpu_time_by_now() const;
    std::uint64_t own_anonymous_memory() const;
    std::uint64_t largest_program();

    reaper& reaper_;
    cgroup group_;
    unique_fd own_memory_;
    std::uint64_t idle_size_;
    std::chrono::nanoseconds cpu_time_before_{0};
    std::uint64_t largest_sample_ = 0;
    std::chrono::steady_clock::time_point next_sample_ = std::chrono::steady_clock::time_point::max();
};

} // namespace code_runner
