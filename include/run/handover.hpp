#pragma once

#include "docker/engine_types.hpp"

#include <chrono>
#include <optional>

namespace docker_run {

/// The moment at which a container is given its payload, on both clocks: the engine reports the end of a
/// container in wall-clock time, which somebody may set meanwhile.
struct handover {
    std::chrono::system_clock::time_point wall_time;
    std::chrono::steady_clock::time_point steady_time;

    static handover now() { return {std::chrono::system_clock::now(), std::chrono::steady_clock::now()}; }
};

/// Whether a container that ended without output had ended before `given`, so that its program cannot have
/// seen the payload and a second container may get it. `looked`: the same clocks after the end. False in
/// every case of doubt: the engine does not tell when the container ended, or the wall clock was set. Pure.
bool had_ended_before(const handover& given, const handover& looked,
                      const std::optional<docker::container_state>& state);

} // namespace docker_run
