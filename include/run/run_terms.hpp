#pragma once

#include "image/container_options.hpp"
#include "image/time_budget.hpp"
#include "run/run_call.hpp"

#include <string>

namespace docker_run {

// What follows for one run from its call and from the options of its image. Pure.

/// The times of the run: those of an interactive run or those of any other.
time_budget times_of(const run_call& call, const container_options& options);

/// The options for the runner, a JSON object of protocol::option names.
std::string runner_options(const run_call& call, const container_options& options);

} // namespace docker_run
