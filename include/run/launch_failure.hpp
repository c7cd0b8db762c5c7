#pragma once

#include "admission/caller.hpp"
#include "docker/engine_error.hpp"
#include "run/run_error.hpp"

#include <string>

namespace docker_run {

/// The failure of a run that got no container, for the caller. Pure.
run_failure launch_failure(const docker::engine_error& error);

/// Whether the engine went away before a container was requested. The run may then be retried, here or
/// elsewhere.
bool nothing_was_created(const docker::engine_error& error);

/// The failure of a run that found no engine, in a daemon behind a proxy. No container was created.
run_failure engine_away(const docker::engine_error& error);

/// The failure of a run whose image the policy refuses.
run_failure image_not_allowed(const std::string& reference);

/// The failure of a run that needs live output from an image that has none. No container was created.
run_failure live_output_unsupported();

/// The failure of an interactive run of an image that has none. No container was created.
run_failure interactive_unsupported();

/// The failure of a run that was not admitted. No container was created.
run_failure not_admitted(bool draining);

/// The failure of an interactive run that found no place. No container was created.
run_failure interactive_places_are_used();

/// The failure of a run whose caller already has as many runs as it may have. No container was created.
run_failure share_is_used(const caller_share& share);

} // namespace docker_run
