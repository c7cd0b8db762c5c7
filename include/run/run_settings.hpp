#pragma once

#include <chrono>
#include <cstddef>

namespace docker_run {

/// Limits of one run and of the queue of runs that wait.
struct run_settings {
    std::chrono::seconds max_execution_time{0};
    std::size_t max_output_size = 0; ///< bytes
    std::size_t queue_size = 0;
    std::chrono::seconds queue_timeout{10};
};

} // namespace docker_run
