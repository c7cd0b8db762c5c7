#pragma once

#include "cli/option_text.hpp"

#include <string>
#include <string_view>

namespace docker_run {

/// The completion of the command line for "bash", "zsh" or "fish", as its file is installed.
std::string completion(std::string_view shell, const option_texts& options);

} // namespace docker_run
