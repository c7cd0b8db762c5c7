#pragma once

#include "config.hpp"

#include <cstddef>

namespace docker_run {

/// How many containers of one daemon may exist at once: those that run, those that wait, and as many in
/// removal as run. Beyond them new runs wait for the cleaning.
std::size_t most_containers(const server_settings& server, const pool_settings& pool);

/// The least size of DOCKER_CONTAINER_UIDS: one for each of them, and some for containers whose removal
/// hangs, which keep their user.
std::size_t least_uids(const server_settings& server, const pool_settings& pool);

} // namespace docker_run
