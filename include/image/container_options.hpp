#pragma once

#include "image/container_settings.hpp"

#include <chrono>
#include <cstddef>

namespace docker_run {

/// What a run of one image gets. Two containers of an image whose options are equal are the same to a run.
struct container_options {
    container_settings container;
    std::chrono::seconds max_execution_time{0};
    std::size_t max_output_size = 0; ///< bytes
    friend bool operator==(const container_options&, const container_options&) = default;
};

} // namespace docker_run
