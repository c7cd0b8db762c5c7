#pragma once

#include "log/log.hpp"

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>

namespace docker_run {

namespace http {
class exchange;
}

/// Tells operators, and what bans addresses for them (deploy/fail2ban), of requests without a valid token.
/// At most max_failures_told a second are told; the next line after them says how many were left out.
/// Thread-safe.
class auth_reporter {
  public:
    explicit auth_reporter(const logger& log) : log_(log) {}

    void failed(const http::exchange& request);

  private:
    /// How many lines were left out before this one; nothing: this one is left out too.
    std::optional<std::size_t> admit_line();

    const logger& log_;
    std::mutex mutex_;
    std::chrono::steady_clock::time_point second_{};
    std::size_t told_ = 0;
    std::size_t left_out_ = 0;
};

/// Enough for a ban of several addresses within a second, and little beside the lines of runs.
inline constexpr std::size_t max_failures_told = 20;

} // namespace docker_run
