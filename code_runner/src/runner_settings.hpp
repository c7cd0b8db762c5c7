#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace code_runner {

/// The settings of a run, from the daemon (environment) and from the image (arguments).
struct runner_settings {
    /// Wall time from the first byte of the request to the end of the last command.
    /// CODE_RUNNER_TIME_LIMIT_MS, 1 to 86400000.
    std::chrono::milliseconds time_limit = std::chrono::hours{1};

    /// Size of the whole answer, including escapes and the final newline.
    /// CODE_RUNNER_OUTPUT_LIMIT in bytes, 1024 to 1073741824.
    std::size_t output_limit = std::size_t{16} * 1024 * 1024;

    /// Whether the recipe's program may be started before the request arrives. CODE_RUNNER_PRESTART, 0 or 1.
    bool prestart = false;

    /// Whether programs may run on a kernel that cannot filter system calls.
    /// CODE_RUNNER_SECCOMP, "unenforced" or absent.
    bool runs_unfiltered = false;

    /// The folder in which files are written and commands run. --path DIR; by default the current directory.
    std::string work_path = ".";

    /// The file that says how the image runs its language. --recipe FILE. An image without one serves only
    /// requests with commands.
    std::string recipe_path = "/etc/code-runner/recipe";
};

/// Reads the arguments and removes the runner's variables from the environment, so that no program sees them.
/// Throws failure on an unknown argument and on a value out of range.
runner_settings take_settings(int argument_count, char** arguments);

} // namespace code_runner
