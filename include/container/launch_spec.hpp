#pragma once

#include "docker/container_spec.hpp"
#include "image/image_catalogue.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace docker_run {

/// The data of one container's create call in addition to the options of its image.
struct launch_details {
    std::string instance = {};   ///< the id of this daemon
    std::string request = {};    ///< the id of the request; empty: not for a request yet
    std::string caller = {};     ///< the name of its caller; empty: none
    std::uint32_t uid = 0;       ///< the container's own user; 0: that of the settings
    bool prestart = true;        ///< the runner may start an interpreter early
    std::chrono::seconds ttl{0}; ///< its longest life
    std::chrono::system_clock::time_point created = {}; ///< now
};

/// The create call of a container of that image, which must have options. Pure.
docker::container_spec launch_spec(const resolved_image& image, const launch_details& details);

} // namespace docker_run
