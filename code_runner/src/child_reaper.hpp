#pragma once

#include "unique_fd.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace code_runner {

/// Reaps every process that ends below the runner: its own children and, as PID 1 or as a child subreaper,
/// the orphans that they leave. One per process. It blocks SIGCHLD.
class child_reaper {
  public:
    /// Throws failure.
    child_reaper();

    /// Readable when a child has ended; for poll(2).
    int descriptor() const { return signals_.get(); }

    /// Stores the wait status of this child when it ends. Call it after the child's start and before the next
    /// reap.
    void watch(pid_t child) { watched_[child] = std::nullopt; }

    /// Reaps all processes that have ended, without waiting. Returns whether there were any.
    bool reap();

    /// The wait status of a watched child that was reaped, in the form of waitpid(2).
    std::optional<int> status_of(pid_t child) const;

    /// The largest resident set, in bytes, of a process that was reaped since the last call, or of a child
    /// that it had reaped itself.
    std::uint64_t take_largest_resident_set() { return std::exchange(largest_resident_set_, 0); }

    /// Kills this watched child and waits for its end, at most until the deadline.
    void end(pid_t child, std::chrono::steady_clock::time_point deadline);

    /// Kills and reaps all processes below the runner; as PID 1 these are all processes of the container.
    /// Gives up at the deadline (a process may be stuck in the kernel).
    void end_all(std::chrono::steady_clock::time_point deadline);

  private:
    bool reap_one();
    void kill_all() const;
    bool wait_until(std::chrono::steady_clock::time_point deadline) const;

    unique_fd signals_;
    std::map<pid_t, std::optional<int>> watched_;
    std::uint64_t largest_resident_set_ = 0;
    bool has_children_ = true;
};

} // namespace code_runner
