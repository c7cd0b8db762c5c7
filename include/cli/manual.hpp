#pragma once

#include "cli/option_text.hpp"

#include <string>

namespace docker_run {

/// The manual page docker-run(8) in the man(7) macros: these options, every setting of the settings table,
/// and other information for operators.
std::string manual_page(const option_texts& options);

} // namespace docker_run
