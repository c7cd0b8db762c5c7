#pragma once

namespace docker_run {

// The exit statuses of the program, documented in the manual page and in --help. Numbers above 2 are those of
// sysexits.h.

inline constexpr int success_exit_code = 0;
/// Serving failed, or the daemon that --health asks is not ready.
inline constexpr int failure_exit_code = 1;
/// The command line is not valid (EX_USAGE).
inline constexpr int usage_exit_code = 64;
/// The settings are wrong, the socket that was passed is of no use, or the engine is too old (EX_CONFIG). The
/// unit of the service does not try again.
inline constexpr int config_exit_code = 78;

// --check-engine and --self-test

inline constexpr int everything_held_exit_code = 0;
inline constexpr int something_failed_exit_code = 1;
/// The engine does not answer, or no run was possible (EX_UNAVAILABLE).
inline constexpr int engine_unavailable_exit_code = 69;

} // namespace docker_run
