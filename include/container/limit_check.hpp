#pragma once

#include "docker/engine_info.hpp"
#include "image/container_settings.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace docker_run {

/// Whether the engine enforces one limit.
struct limit_check {
    enum class result : std::uint8_t { // in order of severity
        enforced,
        missing, ///< not enforced, but it comes only from the predecessor's settings or our defaults
        refused  ///< set explicitly by the operator but not enforced: runs are refused
    };
    std::string limit;    ///< "swap"
    std::string variable; ///< the variable that sets it; empty if none does
    std::string value;    ///< "536870912 bytes"
    result outcome = result::enforced;
    std::string reason; ///< why it is not enforced, a clause
};

/// Checks every limit of such a container. Pure.
std::vector<limit_check> check_limits(const container_settings& container, const docker::engine_info& engine);

/// The limits that are not enforced for at least one of these containers, each with its worst result. Pure.
std::vector<limit_check> unenforced_limits(const std::vector<container_settings>& containers,
                                           const docker::engine_info& engine);

/// Why an image may not run, as a clause: nothing would filter the system calls of its programs. Empty if
/// something filters them, or if the operator allows this. `has_runner`: the image has our code_runner, which
/// filters them on any engine.
std::string unfiltered(const container_settings& container, const docker::engine_info& engine,
                       bool has_runner);

/// Why a container with these checks may not be used: a sentence for the first refused limit. Empty if it may
/// be used.
std::string refusal(const std::vector<limit_check>& checks);

/// Whether `warning`, from the response to a create call, says that the engine ignores a demanded limit. It
/// looks for the texts in moby's daemon/daemon_unix.go.
bool discards_demanded_limit(std::string_view warning, const demanded_limits& demanded);

/// "DOCKER_CONTAINER_CPUS, 2: the kernel has no CPU quota".
std::string to_string(const limit_check& check);

} // namespace docker_run
