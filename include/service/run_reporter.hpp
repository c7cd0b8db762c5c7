#pragma once

#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "run/run_call.hpp"
#include "run/run_error.hpp"
#include "run/run_outcome.hpp"
#include "service/counted_events.hpp"

#include <chrono>
#include <exception>

namespace docker_run {

/// Reports runs to operators: counts each run and writes one log line for it. Thread-safe.
class run_reporter {
  public:
    run_reporter(metrics& counted, const logger& log) : metrics_(counted), log_(log) {}

    // `events`: those of a live run; null for any other.

    /// The run ended with a result or a failure.
    void ended(const run_call& call, const run_outcome& outcome, const counted_events* events) const;

    /// The run was cut off by an unexpected exception, or because the daemon stops in a hurry.
    void failed(const run_call& call, const std::exception& reason, const counted_events* events) const;

    /// There was no place for the run, or none in its caller's share.
    void refused(const run_caller& from, const run_failure& failure) const;

    /// The caller went away after `time`.
    void abandoned(const run_call& call, std::chrono::steady_clock::duration time,
                   const counted_events* events) const;

  private:
    void count_interactive(const run_call& call) const;

    metrics& metrics_;
    const logger& log_;
};

} // namespace docker_run
