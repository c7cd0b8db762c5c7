#pragma once

#include "docker/engine.hpp"
#include "image/container_settings.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace docker_run {

// The users of the containers on this host, according to their labels. Pure.

/// The users of containers that are not in `known`, the names of this daemon's own containers. Containers
/// that are kept for debugging have ended and do not count.
std::set<std::uint32_t> users_of_others(const std::vector<docker::container_summary>& containers,
                                        const std::set<std::string>& known);

/// The instances other than `own` whose containers have users in these ranges. Such a daemon may be running,
/// or it was killed and its containers are not swept yet.
std::set<std::string> instances_that_share(const std::vector<docker::container_summary>& containers,
                                           const std::string& own, const std::vector<uid_range>& ranges);

} // namespace docker_run
