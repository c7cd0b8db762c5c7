#pragma once

#include "image/container_settings.hpp"

#include <chrono>
#include <cstddef>

namespace docker_run {

/// The options for the runs of one image. A run may use any container of the image that has equal options.
struct container_options {
    container_settings container;
    std::chrono::seconds max_execution_time{0};
    std::size_t max_output_size = 0; ///< bytes
    friend bool operator==(const container_options&, const container_options&) = default;
};

} // namespace docker_run
