#include "settings/container_kinds.hpp"

#include <algorithm>

namespace docker_run {

namespace {

constexpr std::size_t spare_uids = 64;

} // namespace

container_options default_options(const config& settings) {
    return {settings.container, settings.run.max_execution_time, settings.run.max_output_size};
}

std::vector<container_settings> containers_of(const config& settings) {
    std::vector<container_settings> all;
    if (settings.policy.file.empty()) // with a policy file, an image that no rule matches is refused
        all.push_back(settings.container);
    for (const auto& rule : settings.policy.rules)
        all.push_back(rule.options.container);
    return all;
}

std::vector<uid_range> uid_ranges_of(const config& settings) {
    std::vector<uid_range> ranges;
    for (const auto& container : containers_of(settings))
        if (container.uids && std::ranges::find(ranges, container.uids) == ranges.end())
            ranges.push_back(container.uids);
    return ranges;
}

std::size_t most_containers(const daemon_settings& daemon, const pool_settings& pool) {
    const auto backlog = 2 * daemon.worker_threads + 8;
    return daemon.worker_threads + pool.max_total + backlog;
}

std::size_t least_uids(const daemon_settings& daemon, const pool_settings& pool) {
    return most_containers(daemon, pool) + spare_uids;
}

} // namespace docker_run
