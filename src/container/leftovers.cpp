#include "container/leftovers.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace docker_run {

using namespace std::chrono_literals;
using phase = docker::container_state::phase;

namespace {

/// The daemon that owns a container removes it within seconds after its end. With a sweep every ten seconds,
/// leftovers of a dead daemon are gone within a minute after their end.
constexpr auto ended_patience = 30s;
constexpr std::chrono::seconds least_created_patience = 180s;

std::optional<std::chrono::seconds> seconds_label(const docker::container_summary& container,
                                                  const char* name) {
    const auto text = container.label(name);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0)
        return std::nullopt;
    return std::chrono::seconds(value);
}

/// Whether its own labels allow any daemon to remove it. `seen_for`: for how long we have seen it.
bool is_overdue(const docker::container_summary& container, std::chrono::system_clock::time_point now,
                std::chrono::steady_clock::duration seen_for) {
    const auto deadline = seconds_label(container, label::deadline);
    const auto ttl = seconds_label(container, label::ttl);
    return deadline && ttl && now.time_since_epoch() >= *deadline && seen_for >= *ttl;
}

} // namespace

leftover_watch::leftover_watch(std::chrono::seconds created_patience)
    : created_patience_(std::max(created_patience, least_created_patience)) {}

std::vector<std::string> leftover_watch::leftovers(const std::vector<docker::container_summary>& listed,
                                                   const std::string& instance,
                                                   const std::set<std::string>& known,
                                                   std::chrono::system_clock::time_point now,
                                                   std::chrono::steady_clock::time_point steady_now) {
    std::vector<std::string> names;
    std::set<std::string> present;
    for (const auto& container : listed) {
        present.insert(container.id);
        if (!container.name.starts_with(container_name_prefix) || container.label(label::keep) == "true")
            continue;
        const bool ours = container.label(label::instance) == instance;
        const bool left = ours || is_abandoned(container, now, steady_now);
        if (left && !known.contains(container.name))
            names.push_back(container.name);
    }
    std::erase_if(seen_, [&](const auto& seen) { return !present.contains(seen.first); });
    return names;
}

bool leftover_watch::is_abandoned(const docker::container_summary& container,
                                  std::chrono::system_clock::time_point now,
                                  std::chrono::steady_clock::time_point steady_now) {
    auto& seen =
        seen_.try_emplace(container.id, sighting{steady_now, container.now, steady_now}).first->second;
    if (seen.phase != container.now) {
        seen.phase = container.now;
        seen.since = steady_now;
    }
    const auto unchanged_for = steady_now - seen.since;
    if (container.now == phase::exited && unchanged_for >= ended_patience)
        return true;
    if (container.now == phase::created && unchanged_for >= created_patience_)
        return true;
    return is_overdue(container, now, steady_now - seen.first);
}

} // namespace docker_run
