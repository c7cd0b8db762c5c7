#pragma once

#include "admission/caller.hpp"
#include "docker/engine_error.hpp"
#include "run/run_error.hpp"

#include <string>

namespace docker_run {

/// What a caller is told when a container could not be had. Pure.
run_failure launch_failure(const docker::engine_error& error);

/// The engine went away before a container was asked for: the run may be tried again, here or elsewhere.
bool nothing_was_created(const docker::engine_error& error);

/// What a caller is told, behind a proxy, whose run has found no engine: no container was created for it.
run_failure engine_away(const docker::engine_error& error);

/// What a caller is told whose image the policy refuses.
run_failure image_not_allowed(const std::string& reference);

/// What a caller is told that was not let in: no container was created for it.
run_failure not_admitted(bool draining);

/// What a caller is told whose name has as many runs as it may have: no container was created for it.
run_failure share_is_used(const caller_share& share);

} // namespace docker_run
