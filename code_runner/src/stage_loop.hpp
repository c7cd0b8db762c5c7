#pragma once

#include "caller_input.hpp"
#include "child_reaper.hpp"
#include "input_feed.hpp"
#include "process.hpp"
#include "run_clock.hpp"
#include "stage_end.hpp"
#include "stage_output.hpp"
#include "usage.hpp"

namespace code_runner {

/// A program that runs, and everything that its loop looks at.
struct running_stage {
    child_process& child; ///< the reaper must watch it
    input_feed& input;
    input_feed& script; ///< only if it is prestarted
    stage_output& output;
    caller_input* caller; ///< null unless the run is interactive
    run_clock& clock;
    child_reaper& reaper;
    usage_meter& usage;
};

/// One poll loop over a program's input (and script), its output, its end and the clock, and over the
/// channels to and from the daemon. It also samples the memory in use. Returns when the program has exited,
/// when a limit of time is reached, or when the output is full. It does not wait for other processes that
/// still hold the pipes, but reads the data that is already in them. Does not kill the program. Throws
/// failure if it cannot wait for the program, if nobody reads the output any more, or if the caller's input
/// is malformed.
stage_end run_stage(const running_stage& stage);

} // namespace code_runner
