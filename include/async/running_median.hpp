#pragma once

#include <array>
#include <chrono>
#include <cstddef>

namespace docker_run {

/// The median of the last 31 durations: what is usual, however far off a few of them are. Not thread-safe.
class running_median {
  public:
    void note(std::chrono::nanoseconds duration);

    /// Zero before the first one.
    std::chrono::nanoseconds value() const;

  private:
    std::array<std::chrono::nanoseconds, 31> recent_{};
    std::size_t count_ = 0; ///< of all that were noted
};

} // namespace docker_run
