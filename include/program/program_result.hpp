#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace docker_run {

/// The answer of code_runner. A member that an older runner, or another one, leaves out keeps its default.
struct program_result {
    std::string standard_output;
    std::string standard_error;
    std::string error; ///< a sentence; empty on success
    std::string stage = "run";
    std::string status = "ok"; ///< as in api_docs/run.md
    std::optional<int> exit_code;
    std::optional<int> signal;
    std::chrono::nanoseconds duration{0}; ///< wall time of the stage
    std::chrono::nanoseconds cpu_time{0};
    std::uint64_t max_memory = 0; ///< bytes
    bool output_truncated = false;
    bool error_truncated = false;
};

/// Reads the answer of a run. Returns nullopt if it is not a JSON object or a member has another type: then
/// the image has another runner.
std::optional<program_result> parse_program_result(std::string_view answer);

} // namespace docker_run
