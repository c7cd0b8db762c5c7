#pragma once

#include "child_reaper.hpp"
#include "process.hpp"
#include "stage_output.hpp"
#include "usage.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace code_runner {

/// Bytes to write to a program. `target` is closed when they are written, or when they are not read any more.
struct pipe_feed {
    unique_fd target;
    std::string_view rest;
};

struct stage_end {
    enum class reason : std::uint8_t { exited, time, output };

    reason why = reason::exited;
    int wait_status = 0; ///< in the form of waitpid(2); only valid for `exited`
    std::chrono::nanoseconds duration{0};
};

/// A program that runs, and everything that its loop looks at.
struct running_stage {
    child_process& child; ///< the reaper must watch it
    pipe_feed input;
    pipe_feed script; ///< only if it is prestarted
    stage_output& output;
    child_reaper& reaper;
    usage_meter& usage;
    std::chrono::steady_clock::time_point deadline;
};

/// One poll loop over a program's stdin (and script), stdout, stderr, its end and the clock, and over the
/// channel to the daemon. It also samples the memory in use. Returns when the program has exited, at the
/// deadline, or when the output is full. It does not wait for other processes that still hold the pipes, but
/// reads the data that is already in them. Does not kill the program. Throws failure if it cannot wait for
/// the program, or if nobody reads the channel any more.
stage_end run_stage(running_stage stage);

} // namespace code_runner
