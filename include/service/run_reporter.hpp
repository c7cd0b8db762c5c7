#pragma once

#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "run/run_call.hpp"
#include "run/run_error.hpp"
#include "run/run_outcome.hpp"

#include <chrono>
#include <exception>

namespace docker_run {

/// Tells operators what became of a run: counts it, and writes its one line in the log. Thread-safe.
class run_reporter {
  public:
    run_reporter(metrics& figures, const logger& log) : figures_(figures), log_(log) {}

    /// It has a result, or why there is none.
    void ended(const run_call& call, const run_outcome& outcome) const;

    /// It was cut off by something unforeseen, or by the daemon's hurry to stop.
    void failed(const run_call& call, const std::exception& reason) const;

    /// There was no place for it, or none in its caller's share.
    void refused(const run_caller& from, const run_failure& failure) const;

    /// Its caller went away after `time`.
    void abandoned(const run_call& call, std::chrono::steady_clock::duration time) const;

  private:
    metrics& figures_;
    const logger& log_;
};

} // namespace docker_run
