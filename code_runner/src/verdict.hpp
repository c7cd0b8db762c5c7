#pragma once

#include "answer.hpp"
#include "stage_loop.hpp"

namespace code_runner {

/// How a stage ended, in the answer's terms; times and sizes of the whole run are not in it.
verdict judge(stage stage, const stage_end& end, bool killed_for_memory);

/// The same for a command that could not be started.
verdict judge_not_started(stage stage, int error_number);

} // namespace code_runner
