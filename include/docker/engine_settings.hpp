#pragma once

#include <chrono>
#include <string>

namespace docker_run::docker {

/// Where the Docker Engine is and how long its small calls may take.
struct engine_settings {
    std::string socket_path;
    std::chrono::seconds read_timeout{0};
    std::chrono::seconds write_timeout{0};
};

} // namespace docker_run::docker
