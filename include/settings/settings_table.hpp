#pragma once

#include "settings/setting.hpp"

#include <span>

namespace docker_run {

/// Every variable, in the order of docs/settings.md.
std::span<const setting> settings_table();

/// The part of the table that is about containers.
std::span<const setting> container_settings_table();

/// The part of the table that is about runs, the pool and the log.
std::span<const setting> run_settings_table();

} // namespace docker_run
