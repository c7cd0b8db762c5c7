#pragma once

#include "api/router.hpp"

#include <cstddef>

namespace docker_run {

class metrics_page;
class readiness;
class run_service;
class version_cache;

// The resources of the daemon, a source each in src/api/endpoints/. What they are given must outlive them.

/// `GET /`: what this is.
route root_route();

/// `GET /version`: what the engine says about itself.
route version_route(version_cache& versions);

/// `GET /livez`: the process answers.
route liveness_route();

/// `GET /readyz`: whether a balancer may send runs here.
route readiness_route(const readiness& ready);

/// `GET /metrics`
route metrics_route(const metrics_page& page);

/// `POST /run`: one program in one container. `max_body_size`: bytes.
route run_route(run_service& runs, std::size_t max_body_size);

} // namespace docker_run
