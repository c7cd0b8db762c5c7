#pragma once

#include "settings/config.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace docker_run {

/// The settings while they are read: the config, and the values that it is derived from. An empty member was
/// not set and is derived from other settings (settings_rules.hpp).
struct settings_draft : config {
    std::string access_token;
    docker::tmpfs_mount tmp_mount{.path = {}, .options = "rw,noexec,nosuid,size=65536k"};
    docker::tmpfs_mount work_mount{.path = {}, .options = "rw,exec,nosuid,size=131072k"};
    std::optional<std::int64_t> memory_swap;
    std::optional<std::int64_t> pids_limit;
    std::optional<double> cpus;
    std::optional<std::size_t> max_connections_per_address;
    std::optional<std::size_t> queue_size;
    std::optional<std::chrono::seconds> stop_timeout;
    std::optional<std::size_t> pool_max_per_image;
    std::vector<std::string> mounts; ///< "SOURCE[:TARGET]"
};

/// The bounds of a number, both included.
struct value_range {
    double minimum = 0;
    double maximum = std::numeric_limits<double>::infinity();
};

/// The rule for a text, or for each word of a list.
struct text_rule {
    std::string_view words = "a text without white space"; ///< "an absolute path"
    bool (*holds)(std::string_view) = nullptr;             ///< null: anything printable without white space
};

struct setting;

/// The member of the draft that stores a variable, with functions that know its type.
struct setting_target {
    std::string_view type;
    /// Stores the value of a text that is not empty. Returns false if the text breaks the rule.
    bool (*read)(settings_draft& draft, const setting& row, std::string_view text);
    /// The member as a text; empty if it is unset.
    std::string (*show)(const settings_draft& draft);
    /// Describes the allowed values.
    std::string (*rule)(const setting& row);
};

/// Everything that is known about one environment variable. The default of an optional variable is in the
/// struct that stores it, or in `fallback` if it depends on other settings.
struct setting {
    std::string_view name;
    setting_target target;
    std::string_view meaning;
    bool required = false;
    bool needless_with_socket = false; ///< not required if a listening socket was passed to the process
    bool secret = false;               ///< never shown
    std::string_view unit = {};
    value_range range = {};
    text_rule text = {};
    std::string_view fallback = {};
    std::string_view shipped = {}; ///< its value in the shipped docker-run.env; empty: a comment there
};

} // namespace docker_run
