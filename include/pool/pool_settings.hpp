#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace docker_run {

/// The warm containers.
struct pool_settings {
    bool enabled = true;
    std::size_t max_per_image = 8;
    std::size_t max_total = 32;
    std::int64_t memory_budget = 268'435'456; ///< bytes, for all waiting containers together
    std::chrono::seconds idle_time{600};      ///< an image that nobody asked for so long is not kept warm
    std::chrono::seconds max_age{3600};       ///< a waiting container is replaced after this
    std::vector<std::string> prewarm;         ///< images to warm at start
    bool prestart = true; ///< may the runner start the interpreter before the payload comes
};

} // namespace docker_run
