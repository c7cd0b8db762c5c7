#include "run/run_verdict.hpp"

#include "json/json_check.hpp"

#include <cstring>

namespace docker_run {

namespace {

constexpr int signal_exit_base = 128; ///< PID 1 killed by signal N leaves the exit code 128 + N
constexpr int sigkill_exit = signal_exit_base + 9;

const std::string reading = "Failed while reading stream: ";
const std::string decoding = "Failed to decode json returned from code runner: ";

run_failure fault_failure(const run_output& output, const verdict_limits& limits) {
    switch (output.what()) {
    case run_output::fault::too_large:
        return {run_error::output_limit,
                reading + "Max output size exceeded (" + std::to_string(limits.max_output_size) + " bytes)"};
    case run_output::fault::standard_input:
        return {run_error::unexpected_stdin,
                "Code runner returned unexpected stdin data: " + output.error_text()};
    case run_output::fault::engine_text:
        return {run_error::stream_read, reading + output.error_text()};
    case run_output::fault::not_frames:
        return {run_error::stream_read, reading + "the engine's stream is not in its own format"};
    case run_output::fault::trailing_text:
        return {run_error::not_decodable, decoding + "trailing data after the JSON object"};
    case run_output::fault::none:
        break;
    }
    return {run_error::stream_read, reading + "no result"};
}

std::string incomplete_reason(const run_output& output) {
    if (output.object().is_impossible())
        return "the output is not a JSON object";
    return output.empty() ? "the output is empty" : "the output ends before its object does";
}

/// What Podman adds to stderr when its own side of the attach met a container that had ended with unread
/// stdin (hijackWriteError in libpod). They are not the program's words.
bool are_podmans_words(std::string_view text) {
    return text.starts_with("Error: ") && text.find(" unixpacket @->") != std::string_view::npos &&
           text.find('\n') + 1 == text.size() &&
           (text.ends_with(": broken pipe\n") || text.ends_with(": connection reset by peer\n"));
}

} // namespace

run_result verdict_of(const conversation_result& talk, run_output& output,
                      const std::optional<docker::container_state>& state, const verdict_limits& limits) {
    const bool trailing = output.what() == run_output::fault::trailing_text;
    if (output.what() != run_output::fault::none && !trailing)
        return fault_failure(output, limits);
    if (talk.end == conversation_end::deadline)
        return run_failure{run_error::time_limit, reading + "Max execution time exceeded"};
    if (talk.end == conversation_end::broken)
        return run_failure{run_error::stream_read, reading + talk.failure};
    if (talk.end == conversation_end::end_of_stream && !state)
        return run_failure{run_error::stream_read,
                           reading + "the engine closed the stream and its state is unknown"};
    if (!output.error_text().empty() && !are_podmans_words(output.error_text()))
        return run_failure{run_error::runner_stderr,
                           "Code runner failed with the following message: " + output.error_text()};
    if (trailing)
        return fault_failure(output, limits);
    if (talk.end == conversation_end::settled) {
        if (const auto fault = check_json(output.object().text()))
            return run_failure{run_error::not_decodable, decoding + to_string(*fault)};
        return output.object().take_text();
    }
    if (state->now == docker::container_state::phase::running) {
        if (!talk.payload_taken)
            return run_failure{run_error::payload_not_taken,
                               "Failed to send payload to stream: " + talk.failure};
        return run_failure{run_error::stream_read,
                           reading + "the engine ended the stream of a running container"};
    }
    return run_failure{run_error::not_decodable, decoding + incomplete_reason(output) +
                                                     "; the container ended with " +
                                                     describe_end(*state, limits)};
}

std::string describe_end(const docker::container_state& state, const verdict_limits& limits) {
    const auto limit = " (limit " + std::to_string(limits.memory) + " bytes" +
                       (limits.holds_full_tmpfs ? ")" : ", files in its tmpfs included)");
    if (state.oom_killed && state.exit_code == sigkill_exit)
        return "a kill for memory" + limit;
    std::string text = "exit code " + std::to_string(state.exit_code);
    const int signal = state.exit_code - signal_exit_base;
    if (const char* name = signal > 0 && signal < 65 ? ::sigabbrev_np(signal) : nullptr)
        text = "signal " + std::to_string(signal) + " (SIG" + name + ")";
    if (state.oom_killed)
        return text + ", and a process in it was killed for memory" + limit;
    return text;
}

} // namespace docker_run
