#pragma once

#include <cstddef>
#include <cstdint>

// What the daemon and code_runner agree on: names and bounds, no code. Both include it.

namespace code_runner::protocol {

// The environment of a container. The runner takes it away before it starts anything.

/// Wall time of a run in milliseconds, from the first byte of the request to the end of the last command.
inline constexpr auto time_limit = "CODE_RUNNER_TIME_LIMIT_MS";
inline constexpr std::uint64_t least_time_limit = 1;
inline constexpr std::uint64_t greatest_time_limit = 86'400'000;

/// Size of the whole answer in bytes, escapes and the last line feed included.
inline constexpr auto output_limit = "CODE_RUNNER_OUTPUT_LIMIT";
/// With less an answer has no room for its own members.
inline constexpr std::size_t least_output_limit = 1024;
inline constexpr std::size_t greatest_output_limit = 1'073'741'824;

/// 1: an interpreter may be started before the request comes; 0 or absent: it may not.
inline constexpr auto prestart = "CODE_RUNNER_PRESTART";

/// `seccomp_unenforced`: programs run on a kernel that cannot filter their system calls; absent: they do not.
inline constexpr auto seccomp = "CODE_RUNNER_SECCOMP";
inline constexpr auto seccomp_unenforced = "unenforced";

// The command line.

/// Before the folder where files are written and commands run.
inline constexpr auto path_option = "--path";

/// Where the daemon mounts the runner in an image that has none.
inline constexpr auto mounted_runner = "/.code_runner";

} // namespace code_runner::protocol
