#pragma once

#include "api/api_settings.hpp"
#include "docker/engine_settings.hpp"
#include "http/server_settings.hpp"
#include "image/container_settings.hpp"
#include "image/policy_settings.hpp"
#include "log/log_settings.hpp"
#include "pool/pool_settings.hpp"
#include "run/run_settings.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace docker_run {

/// Settings of the process as a whole.
struct daemon_settings {
    std::size_t worker_threads = 1; ///< runs at the same time; the daemon has at most as many threads as CPUs
    bool realtime = false;          ///< its threads have real-time priority
    std::chrono::seconds drain_delay{0};
    std::chrono::seconds stop_timeout{0};
    std::string state_directory; ///< empty: none
};

/// All settings as one value. Read once at start from the environment (settings.hpp) and handed out in parts.
struct config {
    http::server_settings server;
    daemon_settings daemon;
    api_settings api;
    docker::engine_settings engine;
    container_settings container;
    run_settings run;
    policy_settings policy;
    pool_settings pool;
    log_settings log;
};

} // namespace docker_run
