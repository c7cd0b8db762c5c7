#include "docker/tmpfs_options.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace docker_run::docker {

namespace {

constexpr std::int64_t page_size = 4'096;

/// Calls `use` for each option, in order.
template <class Use>
void for_each_option(std::string_view options, Use use) {
    while (!options.empty()) {
        const auto end = std::min(options.find(','), options.size());
        use(options.substr(0, end));
        options.remove_prefix(std::min(end + 1, options.size()));
    }
}

bool sets(std::string_view options, std::string_view name) {
    bool is_set = false;
    for_each_option(options, [&](std::string_view option) {
        is_set = is_set || (option.starts_with(name) && option.substr(name.size()).starts_with('='));
    });
    return is_set;
}

/// "65536k" → 67108864.
std::optional<std::int64_t> bytes(std::string_view text) {
    std::int64_t number = 0;
    const auto [rest, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || number < 0)
        return std::nullopt;
    const auto unit = text.substr(static_cast<std::size_t>(rest - text.data()));
    constexpr std::string_view units = "kmgKMG";
    if (unit.empty())
        return number;
    if (unit.size() != 1 || units.find(unit.front()) == std::string_view::npos)
        return std::nullopt;
    const auto shift = 10 * (units.find(unit.front()) % 3 + 1);
    if (number > std::numeric_limits<std::int64_t>::max() >> shift)
        return std::nullopt;
    return number << shift;
}

} // namespace

std::optional<std::int64_t> tmpfs_size(std::string_view options) {
    constexpr std::string_view name = "size=";
    std::optional<std::int64_t> size;
    for_each_option(options, [&](std::string_view option) { // the last one counts
        if (option.starts_with(name))
            size = bytes(option.substr(name.size()));
    });
    return size && *size > 0 ? size : std::nullopt; // 0 means no limit
}

std::string complete_tmpfs_options(std::string options) {
    if (!sets(options, "mode") && !sets(options, "uid") && !sets(options, "gid"))
        options += ",mode=1777";
    const auto size = tmpfs_size(options);
    if (size && !sets(options, "nr_inodes"))
        options += ",nr_inodes=" + std::to_string(std::max<std::int64_t>(*size / page_size, 16));
    return options;
}

bool names_an_owner(std::string_view options) {
    return sets(options, "uid") || sets(options, "gid");
}

std::string without_inode_limit(std::string_view options) {
    std::string kept;
    for_each_option(options, [&kept](std::string_view option) {
        if (option.starts_with("nr_inodes="))
            return;
        kept.append(kept.empty() ? "" : ",").append(option);
    });
    return kept;
}

} // namespace docker_run::docker
