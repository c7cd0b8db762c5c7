#include "run/handover.hpp"

#include <chrono>

namespace docker_run {

using namespace std::chrono_literals;

namespace {

/// Engines report the end of a container to the millisecond at worst.
constexpr std::chrono::nanoseconds clock_tolerance = 1ms;

} // namespace

bool had_ended_before(const handover& given, const handover& looked,
                      const std::optional<docker::container_state>& state) {
    if (!state || !state->finished_at)
        return false;
    const std::chrono::nanoseconds wall = looked.wall_time - given.wall_time;
    const std::chrono::nanoseconds steady = looked.steady_time - given.steady_time;
    return std::chrono::abs(wall - steady) < clock_tolerance &&
           *state->finished_at + clock_tolerance < given.wall_time;
}

} // namespace docker_run
