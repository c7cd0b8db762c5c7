#pragma once

#include "answer.hpp"
#include "limit_watch.hpp"
#include "stage_end.hpp"

namespace code_runner {

/// How a stage ended, in the terms of the answer, without the times and sizes of the whole run. A reached
/// limit is reported only for a failure, because a program may cope with it.
stage_verdict verdict_of(program_stage stage, const stage_end& end, const reached_limits& reached);

/// The same for a command that could not be started.
stage_verdict verdict_of_failed_start(program_stage stage, int error_number);

} // namespace code_runner
