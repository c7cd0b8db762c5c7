#pragma once

#include "docker/engine.hpp"

#include <nlohmann/json.hpp>

namespace docker_run {

/// The body of `GET /version`. A value that the engine does not give is left out.
nlohmann::ordered_json version_json(const docker::engine_version& version);

} // namespace docker_run
