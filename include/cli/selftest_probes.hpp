#pragma once

#include "image/container_options.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace docker_run {

/// A hostile program, and its allowed ends.
struct probe {
    std::string name;
    std::string command; ///< for sh, in an image with code_runner
    /// The allowed ends: a status of the runner or the code of an error, and a remark on each.
    std::map<std::string, std::string> ends;
    bool makes_calls = false; ///< needs the program that makes system calls, as the file `calls`

    static constexpr std::string_view breach = "BREACH"; ///< starts a line about a protection that it broke
    static constexpr std::string_view remark = "NOTE";   ///< starts a line about a test that was not possible
};

/// The only allowed end of a program that no limit is to stop.
inline const std::map<std::string, std::string> unharmed = {{"ok", ""}};

/// The probes for a container with these options. The harmless one is the first: if it fails, the others
/// prove nothing. They need sh and the small programs that every image has (cat, dd, grep, head, id, sleep,
/// tail).
std::vector<probe> self_test_probes(const container_options& options);

/// The probes of the isolation of containers, and of system calls that could get around it.
std::vector<probe> isolation_probes(const container_settings& container);

/// The payload that makes the runner execute the program.
std::string payload_of(const probe& program);

} // namespace docker_run
