#pragma once

#include "api_call.hpp"
#include "log.hpp"
#include "metrics.hpp"
#include "run_error.hpp"
#include "runner.hpp"

#include <chrono>
#include <exception>
#include <string_view>

namespace docker_run {

/// Tells operators what became of a run: counts it, and writes its one line in the log. Thread-safe.
class run_reporter {
  public:
    run_reporter(metrics& figures, const logger& log) : figures_(figures), log_(log) {}

    /// It has a result, or why there is none. `image`: as the caller wrote it.
    void ended(const api_call& call, std::string_view image, const run_outcome& outcome) const;

    /// It was cut off by something unforeseen, or by the daemon's hurry to stop.
    void failed(const api_call& call, std::string_view image, const std::exception& reason) const;

    /// There was no place for it, or none in its caller's share.
    void refused(const api_call& call, const run_failure& failure) const;

    /// Its caller went away after `time`.
    void abandoned(const api_call& call, std::string_view image,
                   std::chrono::steady_clock::duration time) const;

  private:
    metrics& figures_;
    const logger& log_;
};

} // namespace docker_run
