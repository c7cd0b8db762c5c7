#pragma once

#include "cgroup.hpp"
#include "child_reaper.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>

namespace code_runner {

/// Measures the resources that programs use, without those of the runner. Processor time is counted by the
/// container's group, so that no program can hide that of a child. If no group is visible, it is that of the
/// reaped processes. Memory is the largest value seen: the resident set of one reaped process, or a sample of
/// the group's anonymous memory.
class usage_meter {
  public:
    /// The reaper must outlive it.
    explicit usage_meter(child_reaper& reaper);

    /// Starts to count processor time.
    void start();

    /// Excludes the processor time that this process has used so far. For processes that run before start().
    void forget(pid_t process);

    /// Whether the container's group is visible.
    bool sees_group() const { return group_.cpu_time().has_value(); }

    /// Starts to measure memory. Call it before the stage's program is started.
    void start_stage(std::chrono::milliseconds sample_interval);

    /// When to call sample() next; never if no group is visible.
    std::chrono::steady_clock::time_point next_sample() const { return next_sample_; }

    /// Samples the group's memory. Does nothing before the next sample is due.
    void sample();

    std::chrono::nanoseconds cpu_time() const;

    /// The largest memory, in bytes. Call it at the end of a stage, when its processes are reaped.
    std::uint64_t maximum_memory();

  private:
    /// The processor time of programs since the container's start.
    std::chrono::nanoseconds cpu_time_by_now() const;
    std::uint64_t own_anonymous_memory() const;
    std::uint64_t largest_program();

    child_reaper& reaper_;
    cgroup group_;
    unique_fd own_memory_;
    std::uint64_t idle_size_;
    std::chrono::nanoseconds cpu_time_before_{0};
    std::uint64_t largest_sample_ = 0;
    std::chrono::milliseconds sample_interval_{0};
    std::chrono::steady_clock::time_point next_sample_ = std::chrono::steady_clock::time_point::max();
};

} // namespace code_runner
