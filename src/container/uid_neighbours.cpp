#include "container/uid_neighbours.hpp"

#include "container/leftovers.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace docker_run {

namespace {

std::optional<std::uint32_t> user_of(const docker::container_summary& container) {
    const auto text = container.label(label::uid);
    std::uint32_t uid = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), uid);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() ||
        container.label(label::keep) == "true")
        return std::nullopt;
    return uid;
}

} // namespace

std::set<std::uint32_t> users_of_others(const std::vector<docker::container_summary>& containers,
                                        const std::set<std::string>& known) {
    std::set<std::uint32_t> users;
    for (const auto& container : containers)
        if (const auto uid = user_of(container); uid && !known.contains(container.name))
            users.insert(*uid);
    return users;
}

std::set<std::string> instances_that_share(const std::vector<docker::container_summary>& containers,
                                           const std::string& own, const std::vector<uid_range>& ranges) {
    std::set<std::string> instances;
    for (const auto& container : containers) {
        const auto uid = user_of(container);
        const auto instance = container.label(label::instance);
        if (uid && instance != own &&
            std::ranges::any_of(ranges, [&](const uid_range& each) { return each.contains(*uid); }))
            instances.insert(instance);
    }
    return instances;
}

} // namespace docker_run
