#include "run/run_verdict.hpp"

#include "json/json_check.hpp"
#include "run/podman_words.hpp"

#include <cstring>
#include <utility>

namespace docker_run {

namespace {

constexpr int signal_exit_base = 128; ///< PID 1 killed by signal N leaves the exit code 128 + N
constexpr int sigkill_exit = signal_exit_base + 9;

const std::string reading = "Failed while reading stream: ";
const std::string decoding = "Failed to decode json returned from code runner: ";

run_failure fault_failure(const output_report& output, const verdict_limits& limits) {
    const std::string text(output.fault_text);
    switch (output.fault) {
    case output_fault::too_large:
        return {run_error::output_limit,
                reading + "Max output size exceeded (" + std::to_string(limits.max_output_size) + " bytes)"};
    case output_fault::standard_input:
        return {run_error::unexpected_stdin, "Code runner returned unexpected stdin data: " + text};
    case output_fault::engine_text:
        return {run_error::stream_read, reading + text};
    case output_fault::not_frames:
        return {run_error::stream_read, reading + "the engine's stream is not in its own format"};
    case output_fault::not_sealed:
        return {run_error::not_decodable, decoding + "the output is not a frame of code_runner"};
    case output_fault::trailing_text:
        return {run_error::not_decodable, decoding + "trailing data after the JSON object"};
    case output_fault::none:
        break;
    }
    return {run_error::stream_read, reading + "no result"};
}

std::string_view incomplete_reason(const run_output& output) {
    if (output.object().is_impossible())
        return "the output is not a JSON object";
    return output.empty() ? "the output is empty" : "the output ends before its object does";
}

output_report report_of(const run_output& output) {
    output_report report;
    report.fault = output.what();
    report.fault_text = output.error_text();
    if (!are_podmans_words(output.error_text()))
        report.complaint = output.error_text();
    if (output.object().is_complete())
        report.object = output.object().text();
    report.missing = incomplete_reason(output);
    return report;
}

/// The failure of a stream that ended too early.
run_failure end_failure(const conversation_result& talk, const output_report& output,
                        const docker::container_state& state, const verdict_limits& limits) {
    if (state.now != docker::container_state::phase::running)
        return {run_error::not_decodable, decoding + std::string(output.missing) +
                                              "; the container ended with " + describe_end(state, limits)};
    if (!talk.payload_taken)
        return {run_error::payload_not_taken, "Failed to send payload to stream: " + talk.failure};
    return {run_error::stream_read, reading + "the engine ended the stream of a running container"};
}

} // namespace

std::optional<run_failure> failure_of(const conversation_result& talk, const output_report& output,
                                      const std::optional<docker::container_state>& state,
                                      const verdict_limits& limits) {
    const bool trailing = output.fault == output_fault::trailing_text;
    if (output.fault != output_fault::none && !trailing)
        return fault_failure(output, limits);
    if (talk.end == conversation_end::deadline)
        return run_failure{run_error::time_limit, reading + "Max execution time exceeded"};
    if (talk.end == conversation_end::broken)
        return run_failure{run_error::stream_read, reading + talk.failure};
    if (talk.end == conversation_end::end_of_stream && !state)
        return run_failure{run_error::stream_read,
                           reading + "the engine closed the stream and its state is unknown"};
    if (!output.complaint.empty())
        return run_failure{run_error::runner_stderr,
                           "Code runner failed with the following message: " + std::string(output.complaint)};
    if (trailing)
        return fault_failure(output, limits);
    if (!output.object)
        return end_failure(talk, output, *state, limits);
    if (const auto fault = check_json(*output.object))
        return run_failure{run_error::not_decodable, decoding + to_string(*fault)};
    return std::nullopt;
}

run_result verdict_of(const conversation_result& talk, run_output& output,
                      const std::optional<docker::container_state>& state, const verdict_limits& limits) {
    if (auto failure = failure_of(talk, report_of(output), state, limits))
        return std::move(*failure);
    return output.object().take_text();
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
