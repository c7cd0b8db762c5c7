#pragma once

#include "run/run_verdict.hpp"

#include <chrono>
#include <string>

namespace docker_run {

/// Where the time of a run went.
struct run_timings {
    std::chrono::nanoseconds queue{0};   ///< waiting: for a slot, and behind the gate of creates and starts
    std::chrono::nanoseconds acquire{0}; ///< getting a container that waits for its payload
    std::chrono::nanoseconds run{0};     ///< payload handed over → result complete
    bool warm = false;                   ///< the container came out of the pool
};

/// What became of a run.
struct run_outcome {
    run_result result;
    run_timings timings;
    std::string container; ///< its name; empty where there was none
    std::string image;     ///< what the engine calls it; empty where it was not asked
};

} // namespace docker_run
