#pragma once

#include "api/interactive_patience.hpp"
#include "api/router.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace docker_run {

class metrics_page;
class readiness;
class run_service;
class version_cache;

// The resources of the daemon, with one source file each in src/api/endpoints/. Their arguments must outlive
// them.

/// `GET /`: name, version and description of the daemon.
route root_route();

/// `GET /version`: the version information of the engine.
route version_route(version_cache& versions);

/// `GET /livez`: shows that the process answers.
route liveness_route();

/// `GET /readyz`: whether a load balancer may send runs here.
route readiness_route(const readiness& ready);

/// `GET /metrics`
route metrics_route(const metrics_page& page);

/// How interactive runs are offered.
struct interactive_settings {
    std::vector<std::string> allowed_origins; ///< api_settings::allowed_origins
    interactive_patience patience;
};

/// `GET /run` as a WebSocket: one program with input while it runs. For route::upgrade.
endpoint interactive_endpoint(run_service& runs, interactive_settings settings);

/// `POST /run`: one program in one container. `max_body_size`: bytes.
route run_route(run_service& runs, std::size_t max_body_size);

} // namespace docker_run
