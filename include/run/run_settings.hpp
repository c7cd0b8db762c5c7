#pragma once

#include "image/container_options.hpp"

#include <chrono>
#include <cstddef>

namespace docker_run {

/// Limits of one run and of the queue of runs that wait.
struct run_settings {
    std::chrono::seconds max_execution_time{0};
    std::size_t max_output_size = 0; ///< bytes
    std::size_t queue_size = 0;
    std::chrono::seconds queue_timeout{10};
    std::size_t interactive_max = 0; ///< interactive runs at the same time; 0: none
    interactive_limits interactive{std::chrono::seconds(600), std::chrono::seconds(60)};
};

} // namespace docker_run
