#pragma once

#include "settings/config.hpp"

#include <cstddef>

namespace docker_run {

/// Raises this process's soft limit of open files (RLIMIT_NOFILE) to its hard one. Returns the limit that
/// holds from then on.
std::size_t raise_descriptor_limit();

/// How many connections of callers fit into so many descriptors beside those that the runs, the waiting
/// containers and the daemon itself need; at least one.
std::size_t affordable_connections(const config& settings, std::size_t descriptors);

} // namespace docker_run
