#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>

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

  private:
    std::chrono::nanoseconds cpu_time_before_;
};

} // namespace code_runner
