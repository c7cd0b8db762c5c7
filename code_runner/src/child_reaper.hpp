#pragma once

#include "unique_fd.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace code_runner {

/// Takes every process that ends below us: our own children and, as PID 1 or as a child subreaper, the
/// orphans that they leave. One per process; it blocks SIGCHLD.
class reaper {
  public:
    /// Throws failure.
    reaper();

    /// Readable when a child has ended; for poll(2).
    int descriptor() const { return signals_.get(); }

    /// Remembers the wait status of this child once it has ended. Before anything is reaped after its start.
    void watch(pid_t child) { watched_[child] = std::nullopt; }

    /// Reaps all that has ended by now, without waiting. Whether there was anything.
    bool reap();

    /// The wait status of a watched child that was reaped; as of waitpid(2).
    std::optional<int> status_of(pid_t child) const;

    /// The largest resident set, in bytes, of a process that was reaped since the last call, or of a child
    /// that it had reaped itself.
    std::uint64_t take_largest_resident_set() { return std::exchange(largest_resident_set_, 0); }

    /// Kills this watched child and waits for its end, at most until the deadline.
    void end(pid_t child, std::chrono::steady_clock::time_point deadline);

    /// Kills everything that is left below us and reaps it; as PID 1 that is every process of the container.
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
