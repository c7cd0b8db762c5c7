#pragma once

#include "settings/config.hpp"

#include <cstddef>
#include <vector>

namespace docker_run {

// Which containers these settings make: of what kinds, and how many.

/// What an image gets that no rule of the policy matches, where there is no policy file.
container_options default_options(const config& settings);

/// Every kind of container that runs may get: that of the variables, those of the rules.
std::vector<container_settings> containers_of(const config& settings);

/// The ranges of users that containers get, each once.
std::vector<uid_range> uid_ranges_of(const config& settings);

/// How many containers of one daemon may exist at once: those that run, those that wait, and as many in
/// removal as run. Beyond them new runs wait for the cleaning.
std::size_t most_containers(const daemon_settings& daemon, const pool_settings& pool);

/// The least size of DOCKER_CONTAINER_UIDS: one for each of them, and some for containers whose removal
/// hangs, which keep their user.
std::size_t least_uids(const daemon_settings& daemon, const pool_settings& pool);

} // namespace docker_run
