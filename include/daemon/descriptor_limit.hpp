#pragma once

#include "settings/config.hpp"

#include <cstddef>

namespace docker_run {

/// Raises this process's soft limit of open files (RLIMIT_NOFILE) to its hard one. Returns the limit that
/// then applies, or 0 if it cannot be read.
std::size_t raise_descriptor_limit();

/// How many client connections fit into that many descriptors, next to the descriptors that the runs, the
/// waiting containers and the daemon itself need. At least one.
std::size_t affordable_connections(const config& settings, std::size_t descriptors);

} // namespace docker_run
