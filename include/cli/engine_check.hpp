#pragma once

#include "cli/exit_codes.hpp"
#include "settings/config.hpp"

#include <iosfwd>

namespace docker_run {

/// Prints a table to `out`: the limits in `settings`, and whether the engine enforces them. Returns the exit
/// status (exit_codes.hpp): something_failed if a limit is not enforced; engine_unavailable, with the reason
/// in `errors`, if the engine cannot be asked.
int check_engine(const config& settings, std::ostream& out, std::ostream& errors);

} // namespace docker_run
