#pragma once

#include <cstdint>

namespace code_runner {

/// The limits of the container that its programs have reached.
struct reached_limits {
    bool memory = false;    ///< the kernel has killed one of its processes for lack of memory
    bool processes = false; ///< the kernel has refused it a process or a thread
    bool disk = false;      ///< a file system that programs may write to is full
};

/// Reports which limits were reached since its construction. If the container cannot see its cgroup, as with
/// gVisor, it never reports memory and processes.
class limit_watch {
  public:
    limit_watch();

    reached_limits reached() const;

  private:
    std::uint64_t memory_kills_before_;
    std::uint64_t refused_processes_before_;
};

} // namespace code_runner
