#pragma once

#include "docker/host_settings.hpp"
#include "docker/seccomp_profile.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace docker_run::docker {

/// The content of one create call of a container.
struct container_spec {
    std::string image;                    ///< a reference or an image id
    host_settings host;                   ///< limits and isolation
    std::optional<profile_use> profile;   ///< docker-run's seccomp profile; nothing: the engine's own
    std::chrono::seconds max_cpu_time{0}; ///< RLIMIT_CPU of each process
    std::vector<tmpfs_mount> tmpfs;       ///< if two have the same path, the later one counts
    std::vector<std::string> entrypoint;  ///< without a command; empty: entrypoint and command of the image
    std::vector<std::string> environment; ///< "NAME=value", added to the image's own
    std::map<std::string, std::string> labels; ///< added to the image's own
};

/// How an engine understands a create call.
struct engine_dialect {
    bool podman = false;        ///< Podman understands some members differently
    bool takes_profiles = true; ///< a seccomp profile in the call is understood and enforced
};

/// The JSON body of `POST /containers/create`.
std::string create_body(const container_spec& spec, const engine_dialect& dialect);

} // namespace docker_run::docker
