#pragma once

#include "settings/setting.hpp"

#include <string_view>

namespace docker_run {

// Rules that several settings have.

inline constexpr value_range some_seconds{1, 86'400}; ///< at most a day
inline constexpr value_range any_seconds{0, 86'400};

inline constexpr text_rule absolute_path{"an absolute path",
                                         [](std::string_view text) { return text.starts_with('/'); }};

} // namespace docker_run
