#pragma once

#include <chrono>

namespace docker_run {

/// How long the caller and the program of an interactive run may take.
struct interactive_patience {
    std::chrono::seconds request{0}; ///< for the caller to send its request
    std::chrono::seconds finish{0};  ///< for the program to end once the server drains
};

} // namespace docker_run
