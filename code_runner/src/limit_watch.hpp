#pragma once

#include <cstdint>

namespace code_runner {

/// Limits of the container that its programs have run into.
struct reached_limits {
    bool memory = false;    ///< the kernel has killed one of its processes for memory
    bool processes = false; ///< the kernel has refused it a process or a thread
    bool disk = false;      ///< a file system that programs may write to is full
};

/// Tells which limits are reached from its construction on. Where the container does not see its cgroup, as
/// with gVisor, memory and processes are never told.
class limit_watch {
  public:
    limit_watch();

    reached_limits reached() const;

  private:
    std::uint64_t memory_kills_before_;
    std::uint64_t refused_processes_before_;
};

} // namespace code_runner
