#pragma once

#include "image/container_settings.hpp"

#include <chrono>
#include <cstddef>

namespace docker_run {

/// Limits of interactive runs: their programs get input while they run.
struct interactive_limits {
    std::chrono::seconds time{0};      ///< of a run, from its payload to its end; 0: no interactive runs
    std::chrono::seconds idle_time{0}; ///< without a byte in either direction
    friend bool operator==(const interactive_limits&, const interactive_limits&) = default;
};

/// The options for the runs of one image. A run may use any container of the image that has equal options.
struct container_options {
    container_settings container;
    std::chrono::seconds max_execution_time{0};
    std::size_t max_output_size = 0; ///< bytes
    interactive_limits interactive;
    friend bool operator==(const container_options&, const container_options&) = default;
};

} // namespace docker_run
