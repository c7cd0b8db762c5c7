#pragma once

#include "settings/config.hpp"

#include <iosfwd>

namespace docker_run {

// Exit statuses of --check-engine and --self-test; documented in --help.
inline constexpr int everything_held_exit_code = 0;
inline constexpr int something_failed_exit_code = 1;
inline constexpr int engine_unavailable_exit_code = 69; ///< EX_UNAVAILABLE of sysexits.h

/// Prints a table to `out`: the limits in `settings`, and whether the engine enforces them. Returns the exit
/// status: something_failed if a limit is not enforced; engine_unavailable, with the reason in `errors`, if
/// the engine cannot be asked.
int check_engine(const config& settings, std::ostream& out, std::ostream& errors);

} // namespace docker_run
