#pragma once

#include "docker/engine_error.hpp"
#include "run_error.hpp"

#include <string>

namespace docker_run {

/// What a caller is told when a container could not be had. Pure.
run_failure launch_failure(const docker::engine_error& error);

/// What a caller is told whose image the policy refuses.
run_failure image_not_allowed(const std::string& reference);

/// What a caller is told that was not let in: no container was created for it.
run_failure not_admitted(bool draining);

} // namespace docker_run
