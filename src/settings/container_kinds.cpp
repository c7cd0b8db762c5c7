#include "settings/container_kinds.hpp"

#include <algorithm>

namespace docker_run {

namespace {

constexpr std::size_t spare_uids = 64;

} // namespace

container_options options_of(const container_settings& container, const run_settings& run) {
    const auto interactive = run.interactive_max > 0 ? run.interactive : interactive_limits{};
    return {container, run.max_execution_time, run.max_output_size, interactive};
}

container_options default_options(const config& settings) {
    return options_of(settings.container, settings.run);
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

std::size_t most_containers(const config& settings) {
    const auto running = settings.daemon.worker_threads + settings.run.interactive_max;
    const auto backlog = 2 * running + 8;
    return running + settings.pool.max_total + backlog;
}

std::size_t least_uids(const config& settings) {
    return most_containers(settings) + spare_uids;
}

} // namespace docker_run
