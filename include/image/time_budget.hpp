#pragma once

#include "docker/engine.hpp"

#include <chrono>

namespace docker_run {

/// The longest that a container may live by our own rules, counted from before its create call is sent:
/// every call takes as long as it may, then the container waits for `max_idle`, runs for
/// `max_execution_time` and is removed. The labels of a container name this time, and other daemons leave it
/// alone for so long.
std::chrono::seconds longest_life(const docker::call_limits& calls, std::chrono::seconds max_idle,
                                  std::chrono::seconds max_execution_time);

/// The longest that a container may stay `created`, which is between its create call and its start.
std::chrono::seconds longest_creation(const docker::call_limits& calls);

} // namespace docker_run
