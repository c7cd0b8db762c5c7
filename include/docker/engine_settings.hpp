#pragma once

#include <chrono>
#include <string>

namespace docker_run::docker {

/// The socket of the Docker Engine and the time limits of its small calls.
struct engine_settings {
    std::string socket_path;
    std::chrono::seconds read_timeout{0};
    std::chrono::seconds write_timeout{0};
};

} // namespace docker_run::docker
