#pragma once

#include "../output_text.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace code_runner {

enum class program_stage : std::uint8_t { build, run };

/// "build" or "run".
std::string_view name_of(program_stage stage);

/// How a run ended. The order has no meaning.
enum class program_status : std::uint8_t {
    ok,        ///< the program exited with 0
    exit,      ///< it exited with another status, or could not be started (then without exit code)
    signal,    ///< a signal killed it
    time,      ///< the time limit ended it
    idle,      ///< it ended because no byte of input or output came for too long
    memory,    ///< the kernel killed for lack of memory, and the program did not succeed
    processes, ///< the kernel refused it a process or a thread, and the program did not succeed
    disk,      ///< one of its file systems was full at the end, and the program did not succeed
    output,    ///< it printed more than the answer may hold
    build,     ///< a build command failed
};

/// Everything in the answer except the two outputs.
struct stage_verdict {
    program_stage stage = program_stage::run;
    program_status status = program_status::ok;
    std::string error; ///< a sentence; empty on success
    std::optional<int> exit_code;
    std::optional<int> signal;
    std::chrono::nanoseconds duration{0}; ///< wall time of the stage
    std::chrono::nanoseconds cpu_time{0}; ///< of all programs, user and system
    std::uint64_t maximum_memory = 0;     ///< bytes; the largest value seen in the stage
};

/// The least room for everything except the outputs. If both outputs together are smaller than the answer's
/// limit by this much, nothing is cut.
inline constexpr std::size_t answer_overhead_bytes = 512;

/// The JSON object and a newline, at most `limit` bytes (`limit` is at least 1024). If the outputs do not
/// fit, each gets at least half of the room, and the part of the other half that is not used.
std::string encode_answer(const stage_verdict& verdict, const output_text& out, const output_text& errors,
                          std::size_t limit);

/// The same object without the two outputs and the newline, for outputs that were sent while the program ran.
std::string encode_live_answer(const stage_verdict& verdict, const output_text& out,
                               const output_text& errors);

} // namespace code_runner
