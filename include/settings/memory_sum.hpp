#pragma once

#include "settings/config.hpp"

#include <string>

namespace docker_run {

/// The most memory that the containers and the daemon may use together, with its parts, as a sentence for
/// operators. docs/scaling.md has the same sum. Pure.
std::string describe_memory(const config& settings);

} // namespace docker_run
