#include "leftovers.hpp"

#include <charconv>
#include <optional>

namespace docker_run {

namespace {

std::string label_of(const docker::container_summary& container, const char* name) {
    const auto found = container.labels.find(name);
    return found == container.labels.end() ? std::string() : found->second;
}

std::optional<std::chrono::seconds> seconds_label(const docker::container_summary& container,
                                                  const char* name) {
    const auto text = label_of(container, name);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0)
        return std::nullopt;
    return std::chrono::seconds(value);
}

} // namespace

std::vector<std::string> overdue_watch::leftovers(const std::vector<docker::container_summary>& found,
                                                  const std::string& instance,
                                                  const std::set<std::string>& known,
                                                  std::chrono::system_clock::time_point now,
                                                  std::chrono::steady_clock::time_point steady_now) {
    std::vector<std::string> names;
    std::set<std::string> present;
    for (const auto& container : found) {
        const auto& name = container.name.empty() ? container.id : container.name;
        present.insert(container.id);
        if (label_of(container, label::keep) == "true")
            continue;
        const bool ours = label_of(container, label::instance) == instance;
        if (ours ? !known.contains(name) : is_overdue(container, now, steady_now))
            names.push_back(name);
    }
    std::erase_if(first_seen_, [&](const auto& seen) { return !present.contains(seen.first); });
    return names;
}

bool overdue_watch::is_overdue(const docker::container_summary& container,
                               std::chrono::system_clock::time_point now,
                               std::chrono::steady_clock::time_point steady_now) {
    const auto deadline = seconds_label(container, label::deadline);
    const auto ttl = seconds_label(container, label::ttl);
    if (!deadline || !ttl)
        return false;
    const auto first_seen = first_seen_.try_emplace(container.id, steady_now).first->second;
    return now.time_since_epoch() >= *deadline && steady_now - first_seen >= *ttl;
}

} // namespace docker_run
