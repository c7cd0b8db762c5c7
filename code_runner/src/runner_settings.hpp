#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace code_runner {

/// What the daemon (by environment) and the image (by arguments) decide about a run.
struct settings {
    /// Wall time from the first byte of the request to the end of the last command.
    /// CODE_RUNNER_TIME_LIMIT_MS, 1 to 86400000.
    std::chrono::milliseconds time_limit = std::chrono::hours{1};

    /// Size of the whole answer, escapes and final newline included.
    /// CODE_RUNNER_OUTPUT_LIMIT in bytes, 1024 to 1073741824.
    std::size_t output_limit = std::size_t{16} * 1024 * 1024;

    /// Whether the recipe's program may wait for the request together with us. CODE_RUNNER_PRESTART, 0 or 1.
    bool prestart = false;

    /// Whether a kernel that cannot filter system calls may run programs all the same.
    /// CODE_RUNNER_SECCOMP, "unenforced" or absent.
    bool runs_unfiltered = false;

    /// Where files are written and commands run. --path DIR, the current directory otherwise.
    std::string work_path = ".";

    /// How the image runs its language. --recipe FILE; an image without one serves requests with commands.
    std::string recipe_path = "/etc/code-runner/recipe";
};

/// Reads the arguments and takes our variables out of the environment, so that no program sees them.
/// Throws failure on an unknown argument and on a value out of range.
settings take_settings(int argument_count, char** arguments);

} // namespace code_runner
