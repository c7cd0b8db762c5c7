#pragma once

#include "run/run_stack.hpp"
#include "settings/config.hpp"

#include <cstddef>
#include <string>

namespace docker_run {

/// The policy that these settings describe.
image_policy policy_of(const config& settings);

/// The options of a run_stack with these settings, for the daemon with the id `instance` on a host with
/// `cpus` processors. Pure.
run_stack_options run_stack_settings(const config& settings, const std::string& instance, std::size_t cpus);

} // namespace docker_run
