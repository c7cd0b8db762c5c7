#pragma once

#include "config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace docker_run {

/// A hostile program, and how it must end. It prints `breach` where it got through a wall.
struct probe {
    std::string name;
    std::string command;           ///< for sh, in an image with our runner
    std::vector<std::string> ends; ///< what may become of it: a status of the runner's, or an error's code

    static constexpr std::string_view breach = "BREACH";
};

/// The battery for a container with these options, the harmless one first: without it the others prove
/// nothing. They need sh and the small programs that every image has (head, tail, sleep).
std::vector<probe> self_test_probes(const container_options& options);

/// The payload that has our runner execute it (V2).
std::string payload_of(const probe& which);

} // namespace docker_run
