#include "image/container_settings.hpp"

#include "docker/tmpfs_options.hpp"

#include <algorithm>
#include <limits>

namespace docker_run {

namespace {

/// Memory in bytes that a small interpreter and its program need in addition to full tmpfs.
constexpr std::int64_t least_program_memory = 32 * 1024 * 1024;

/// The sum, limited to the largest value of the type: memory may be set to any value.
std::int64_t saturated_sum(std::int64_t a, std::int64_t b) {
    return a > std::numeric_limits<std::int64_t>::max() - b ? std::numeric_limits<std::int64_t>::max()
                                                            : a + b;
}

} // namespace

std::int64_t tmpfs_total(const container_settings& container) {
    auto total = docker::shared_memory_size;
    for (const auto& mount : {container.tmp_dir, container.work_dir})
        if (mount)
            total =
                saturated_sum(total, std::min(docker::tmpfs_size(mount->options).value_or(container.memory),
                                              container.memory));
    return total;
}

bool holds_full_tmpfs(const container_settings& container) {
    return container.memory - least_program_memory >= tmpfs_total(container);
}

} // namespace docker_run
