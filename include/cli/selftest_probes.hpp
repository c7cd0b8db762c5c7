#pragma once

#include "image/container_options.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace docker_run {

/// A hostile program, and how it must end.
struct probe {
    std::string name;
    std::string command; ///< for sh, in an image with our runner
    /// What may become of it, a status of the runner's or an error's code, and what there is to say of that.
    std::map<std::string, std::string> ends;
    bool makes_calls = false; ///< needs the program that makes calls of the system, as the file `calls`

    static constexpr std::string_view breach = "BREACH"; ///< begins a line about a wall that it got through
    static constexpr std::string_view remark = "NOTE";   ///< begins a line about what it could not try
};

/// The battery for a container with these options, the harmless one first: without it the others prove
/// nothing. They need sh and the small programs that every image has (cat, dd, grep, head, id, sleep, tail).
std::vector<probe> self_test_probes(const container_options& options);

/// Those about walls between containers, and about the calls that lead around them.
std::vector<probe> isolation_probes(const container_settings& container);

/// The payload that has our runner execute it (V2).
std::string payload_of(const probe& which);

} // namespace docker_run
