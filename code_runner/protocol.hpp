#pragma once

#include <cstddef>
#include <cstdint>

// The protocol between the daemon and code_runner: names and limits, no code. Both include it.

namespace code_runner::protocol {

// The environment variables of a container. The runner removes them before it starts any program.

/// Wall time of a run in milliseconds, from the first byte of the request to the end of the last command.
inline constexpr auto time_limit = "CODE_RUNNER_TIME_LIMIT_MS";
inline constexpr std::uint64_t least_time_limit = 1;
inline constexpr std::uint64_t greatest_time_limit = 86'400'000;

/// Size of the whole answer in bytes, including escapes and the final line feed.
inline constexpr auto output_limit = "CODE_RUNNER_OUTPUT_LIMIT";
/// With less, an answer would have no room for its own members.
inline constexpr std::size_t least_output_limit = 1024;
inline constexpr std::size_t greatest_output_limit = 1'073'741'824;

/// 1: an interpreter may be started before the request arrives; 0 or absent: it may not.
inline constexpr auto prestart = "CODE_RUNNER_PRESTART";

/// `seccomp_unenforced`: programs run on a kernel that cannot filter their system calls; absent: they do not.
inline constexpr auto seccomp = "CODE_RUNNER_SECCOMP";
inline constexpr auto seccomp_unenforced = "unenforced";

// The command line.

/// The option before the folder in which files are written and commands run.
inline constexpr auto path_option = "--path";

/// The path at which the daemon mounts the runner in an image that has none.
inline constexpr auto mounted_runner = "/.code_runner";

} // namespace code_runner::protocol
