#pragma once

#include "async/mutex.hpp"
#include "log/log.hpp"

#include <chrono>
#include <cstddef>
#include <optional>

namespace docker_run {

namespace http {
class exchange;
}

/// Reports requests without a valid token to operators, and to programs that ban addresses (deploy/fail2ban).
/// Writes at most max_failures_told lines a second; the next line after them says how many were left out.
/// Thread-safe.
class auth_reporter {
  public:
    explicit auth_reporter(const logger& log) : log_(log) {}

    void failed(const http::exchange& request);

  private:
    /// Returns how many lines were left out before this one; nullopt if this one is left out too.
    std::optional<std::size_t> admit_line();

    const logger& log_;
    mutex mutex_;
    std::chrono::steady_clock::time_point second_ GUARDED_BY(mutex_){};
    std::size_t told_ GUARDED_BY(mutex_) = 0;
    std::size_t left_out_ GUARDED_BY(mutex_) = 0;
};

/// Enough for a ban of several addresses within a second, and few compared with the lines of runs.
inline constexpr std::size_t max_failures_told = 20;

} // namespace docker_run
