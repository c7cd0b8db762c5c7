#pragma once

#include "cli/option_text.hpp"

#include <string>
#include <string_view>

namespace docker_run {

/// The completion script for "bash", "zsh" or "fish", as it is installed.
std::string completion(std::string_view shell, const option_texts& options);

} // namespace docker_run
