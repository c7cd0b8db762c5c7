#pragma once

#include "run/run_verdict.hpp"

#include <chrono>
#include <string>

namespace docker_run {

/// How long each phase of a run took.
struct run_timings {
    std::chrono::nanoseconds queue{0};   ///< waiting for a slot, and at the gate of creates and starts
    std::chrono::nanoseconds acquire{0}; ///< getting a container that is ready for the payload
    std::chrono::nanoseconds run{0};     ///< from handing over the payload to the complete result
    bool warm = false;                   ///< the container came from the pool
};

/// The result of a run, with its timings, its container and its image.
struct run_outcome {
    run_result result;
    run_timings timings;
    std::string container; ///< its name; empty if there was none
    std::string image;     ///< the engine's name for it; empty if the engine was not asked
};

} // namespace docker_run
