#pragma once

#include "docker/engine.hpp"
#include "image/container_settings.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace docker_run {

// Which users the containers of this host have, as their labels say. Pure.

/// Those of containers that are not in `known`, this daemon's own by name. Containers that are kept for
/// debugging have ended and count no more.
std::set<std::uint32_t> users_of_others(const std::vector<docker::container_summary>& found,
                                        const std::set<std::string>& known);

/// Instances other than `own` whose containers have users of these ranges. They may be alive, or killed and
/// not yet swept.
std::set<std::string> instances_that_share(const std::vector<docker::container_summary>& found,
                                           const std::string& own, const std::vector<uid_range>& ranges);

} // namespace docker_run
