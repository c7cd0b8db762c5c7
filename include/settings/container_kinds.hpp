#pragma once

#include "settings/config.hpp"

#include <cstddef>
#include <vector>

namespace docker_run {

// The kinds of containers that these settings make, and how many of them.

/// The options of an image with these settings.
container_options options_of(const container_settings& container, const run_settings& run);

/// The options of an image that no rule of the policy matches, if there is no policy file.
container_options default_options(const config& settings);

/// Every kind of container that a run may get: that of the variables, and those of the rules.
std::vector<container_settings> containers_of(const config& settings);

/// The ranges of users that containers get, without duplicates.
std::vector<uid_range> uid_ranges_of(const config& settings);

/// How many containers of one daemon may exist at the same time: those that run, those that wait, and twice
/// as many in removal as run. Beyond that number new runs wait for removals.
std::size_t most_containers(const config& settings);

/// The minimum size of DOCKER_CONTAINER_UIDS: one user for each of these containers, and some more for
/// containers whose removal hangs, because they keep their user.
std::size_t least_uids(const config& settings);

} // namespace docker_run
