#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace docker_run {

/// Settings of the pool of warm containers.
struct pool_settings {
    bool enabled = true;
    std::size_t max_per_image = 8;
    std::size_t max_total = 32;
    std::int64_t memory_budget = 268'435'456; ///< bytes, for all waiting containers together
    std::chrono::seconds idle_time{600};      ///< an image without a run for this long is not kept warm
    std::chrono::seconds max_age{3600};       ///< a waiting container is replaced after this
    std::vector<std::string> prewarm;         ///< images to warm at start
    bool prestart = true; ///< the runner may start the interpreter before the payload arrives
};

} // namespace docker_run
