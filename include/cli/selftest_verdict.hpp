#pragma once

#include "cli/selftest_probes.hpp"
#include "run/run_outcome.hpp"

#include <optional>
#include <string>

namespace docker_run {

/// How a probe ended.
struct finding {
    std::string end;  ///< the runner's status, or the error's code
    std::string text; ///< its output, or the error's message

    /// nullopt: the test was ended.
    static finding of(const std::optional<run_outcome>& outcome);
};

/// Whether a protection held, and what is to be said about that.
struct selftest_verdict {
    bool held = false;
    std::string remark;
};

/// The verdict on a probe that should have ended in another way.
selftest_verdict ended_otherwise(const finding& result);

selftest_verdict assess(const probe& program, const finding& result);

} // namespace docker_run
