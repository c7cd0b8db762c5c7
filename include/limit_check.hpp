#pragma once

#include "config.hpp"
#include "docker/engine_info.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace docker_run {

/// What becomes of one limit at the engine at hand.
struct limit_check {
    enum class result : std::uint8_t {
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

/// Every limit of a container in turn. Pure.
std::vector<limit_check> check_limits(const container_settings& container, const demanded_limits& demanded,
                                      const docker::engine_info& engine);

/// "DOCKER_CONTAINER_CPUS, 2: the kernel has no CPU quota".
std::string to_string(const limit_check& check);

} // namespace docker_run
