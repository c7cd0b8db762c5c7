#pragma once

#include "answer.hpp"
#include "limit_watch.hpp"
#include "stage_loop.hpp"

namespace code_runner {

/// How a stage ended, in the answer's terms; times and sizes of the whole run are not in it. A limit that was
/// reached is blamed for a failure only: a program may well cope with it.
verdict judge(stage stage, const stage_end& end, const reached_limits& reached);

/// The same for a command that could not be started.
verdict judge_not_started(stage stage, int error_number);

} // namespace code_runner
