#pragma once

#include "docker/engine_info.hpp"

#include <string>

namespace docker_run {

/// A sentence if the engine knows a runtime that starts and removes containers faster than the one in use.
/// `runtime`: of the create calls; empty for the engine's default. Empty if there is none. Pure.
std::string advice_on_runtime(const std::string& runtime, const docker::engine_info& engine);

} // namespace docker_run
