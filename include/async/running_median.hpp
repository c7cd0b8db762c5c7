#pragma once

#include <array>
#include <chrono>
#include <cstddef>

namespace docker_run {

/// The median of the last 31 durations: a typical value that a few extreme ones do not distort. Not
/// thread-safe.
class running_median {
  public:
    void note(std::chrono::nanoseconds duration);

    /// Zero before the first duration.
    std::chrono::nanoseconds value() const;

  private:
    std::array<std::chrono::nanoseconds, 31> recent_{};
    std::size_t count_ = 0; ///< number of all durations noted
};

} // namespace docker_run
