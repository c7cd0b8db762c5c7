#include "verdict.hpp"

#include <sys/wait.h>

#include <cctype>
#include <cstring>
#include <string>

namespace code_runner {
namespace {

/// "SIGSEGV (segmentation fault)", or the bare number of a real-time signal.
std::string name_of_signal(int signal) {
    const char* abbreviation = ::sigabbrev_np(signal);
    const char* description = ::sigdescr_np(signal);
    if (abbreviation == nullptr || description == nullptr)
        return std::to_string(signal);

    std::string text{description};
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
    return std::string{"SIG"} + abbreviation + " (" + text + ")";
}

void set_exit(stage_verdict& result, int wait_status) {
    if (WIFSIGNALED(wait_status)) {
        result.signal = WTERMSIG(wait_status);
        result.status = program_status::signal;
        result.error = "Signal: " + name_of_signal(*result.signal);
        return;
    }

    result.exit_code = WEXITSTATUS(wait_status);
    if (*result.exit_code == 0)
        return;
    result.status = program_status::exit;
    result.error = "Exit code: " + std::to_string(*result.exit_code);
}

bool blame_limit(stage_verdict& result, const reached_limits& reached) {
    struct {
        bool is_reached;
        program_status status;
        const char* error;
    } const limits[] = {{reached.memory, program_status::memory, "Memory limit exceeded"},
                        {reached.processes, program_status::processes, "Process limit exceeded"},
                        {reached.disk, program_status::disk, "Disk limit exceeded"}};
    for (const auto& limit : limits) {
        if (!limit.is_reached)
            continue;
        result.status = limit.status;
        result.error = limit.error;
        return true;
    }
    return false;
}

} // namespace

stage_verdict verdict_of(program_stage stage, const stage_end& end, const reached_limits& reached) {
    stage_verdict result;
    result.stage = stage;
    result.duration = end.duration;
    if (end.why == stage_end::reason::time) {
        result.status = program_status::time;
        result.error = "Time limit exceeded";
        return result;
    }
    if (end.why == stage_end::reason::idle) {
        result.status = program_status::idle;
        result.error = "Idle time limit exceeded";
        return result;
    }
    if (end.why == stage_end::reason::output) {
        result.status = program_status::output;
        result.error = "Output limit exceeded";
        return result;
    }

    set_exit(result, end.wait_status);
    if (result.status == program_status::ok)
        return result;
    if (!blame_limit(result, reached) && stage == program_stage::build)
        result.status = program_status::build;
    return result;
}

stage_verdict verdict_of_failed_start(program_stage stage, int error_number) {
    stage_verdict result;
    result.stage = stage;
    result.status = stage == program_stage::build ? program_status::build : program_status::exit;
    result.error = std::string{"Error while executing command. "} + std::strerror(error_number) +
                   " (os error " + std::to_string(error_number) + ")";
    return result;
}

} // namespace code_runner
