#pragma once

#include "docker/engine_info.hpp"
#include "image/container_settings.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace docker_run {

/// What becomes of one limit at the engine at hand.
struct limit_check {
    enum class result : std::uint8_t { // the worse, the later
        enforced,
        missing, ///< not enforced, and nobody demanded more than the predecessor's settings or our defaults
        refused  ///< the operator has set it in so many words, and it would not hold: no run may start
    };
    std::string limit;    ///< "swap"
    std::string variable; ///< that sets it; empty where none does
    std::string wanted;   ///< "536870912 bytes"
    result what = result::enforced;
    std::string reason; ///< why it is not enforced, a clause
};

/// Every limit of such a container in turn. Pure.
std::vector<limit_check> check_limits(const container_settings& container, const docker::engine_info& engine);

/// The limits that do not hold for some of these containers, each at its worst. Pure.
std::vector<limit_check> unenforced_limits(const std::vector<container_settings>& containers,
                                           const docker::engine_info& engine);

/// Why an image may not be run, a clause: nothing would filter the system calls of its programs. Empty where
/// something does, or the operator wants it so. `has_runner`: our code_runner in it does, on any engine.
std::string unfiltered(const container_settings& container, const docker::engine_info& engine,
                       bool has_runner);

/// Why a container with these checks may not be used, a sentence for the first limit that is refused; empty
/// where it may.
std::string refusal(const std::vector<limit_check>& checks);

/// Whether the engine says by `warning`, its word on a create call, that it has left out a limit that was
/// demanded. The words are those of moby's daemon/daemon_unix.go.
bool discards_demanded_limit(std::string_view warning, const demanded_limits& demanded);

/// "DOCKER_CONTAINER_CPUS, 2: the kernel has no CPU quota".
std::string to_string(const limit_check& check);

} // namespace docker_run
