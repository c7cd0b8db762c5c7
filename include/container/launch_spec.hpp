#pragma once

#include "docker/container_spec.hpp"
#include "image/image_catalogue.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace docker_run {

/// What the create call of one container says beside what its image gets.
struct launch_details {
    std::string instance = {};                          ///< the id of this daemon
    std::string request = {};                           ///< the id of the request; empty: made for nobody yet
    std::string caller = {};                            ///< the name of its caller; empty: none
    std::uint32_t uid = 0;                              ///< the user of its own; 0: that of the settings
    bool prestart = true;                               ///< may the runner start an interpreter at once
    std::chrono::seconds ttl{0};                        ///< the longest that it may exist
    std::chrono::system_clock::time_point created = {}; ///< now
};

/// The create call of a container of that image, which must have options. Pure.
docker::container_spec launch_spec(const image& of, const launch_details& details);

} // namespace docker_run
