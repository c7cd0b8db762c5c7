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

void judge_exit(verdict& result, int wait_status) {
    if (WIFSIGNALED(wait_status)) {
        result.signal = WTERMSIG(wait_status);
        result.status = status::signal;
        result.error = "Signal: " + name_of_signal(*result.signal);
        return;
    }

    result.exit_code = WEXITSTATUS(wait_status);
    if (*result.exit_code == 0)
        return;
    result.status = status::exit;
    result.error = "Exit code: " + std::to_string(*result.exit_code);
}

} // namespace

verdict judge(stage stage, const stage_end& end, bool killed_for_memory) {
    verdict result;
    result.stage = stage;
    result.duration = end.duration;
    if (end.why == stage_end::reason::time) {
        result.status = status::time;
        result.error = "Time limit exceeded";
        return result;
    }
    if (end.why == stage_end::reason::output) {
        result.status = status::output;
        result.error = "Output limit exceeded";
        return result;
    }

    judge_exit(result, end.wait_status);
    if (result.status == status::ok)
        return result;
    if (killed_for_memory) {
        result.status = status::memory;
        result.error = "Memory limit exceeded";
    } else if (stage == stage::build) {
        result.status = status::build;
    }
    return result;
}

verdict judge_not_started(stage stage, int error_number) {
    verdict result;
    result.stage = stage;
    result.status = stage == stage::build ? status::build : status::exit;
    result.error = std::string{"Error while executing command. "} + std::strerror(error_number) +
                   " (os error " + std::to_string(error_number) + ")";
    return result;
}

} // namespace code_runner
