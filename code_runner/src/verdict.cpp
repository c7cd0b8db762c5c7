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

bool blame_limit(verdict& result, const reached_limits& reached) {
    struct {
        bool is_reached;
        code_runner::status status;
        const char* error;
    } const limits[] = {{reached.memory, status::memory, "Memory limit exceeded"},
                        {reached.processes, status::processes, "Process limit exceeded"},
                        {reached.disk, status::disk, "Disk limit exceeded"}};
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

verdict judge(stage stage, const stage_end& end, const reached_limits& reached) {
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
    if (!blame_limit(result, reached) && stage == stage::build)
        result.status = status::build;
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
