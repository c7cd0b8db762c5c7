#pragma once

#include "output_text.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace code_runner {

enum class stage : std::uint8_t { build, run };

/// How a run ended. The order is of no meaning.
enum class status : std::uint8_t {
    ok,        ///< the program exited with 0
    exit,      ///< it exited with another status, or could not be started (then without exit code)
    signal,    ///< it died by a signal
    time,      ///< the time limit ended it
    memory,    ///< the kernel killed for memory, and the program did not succeed
    processes, ///< the kernel refused it a process or a thread, and the program did not succeed
    disk,      ///< a file system of it was full in the end, and the program did not succeed
    output,    ///< it printed more than the answer may hold
    build,     ///< a build command failed
};

/// Everything of the answer but the two outputs.
struct verdict {
    code_runner::stage stage = stage::run;
    code_runner::status status = status::ok;
    std::string error; ///< a sentence, empty when all went well
    std::optional<int> exit_code;
    std::optional<int> signal;
    std::chrono::nanoseconds duration{0}; ///< wall time of the stage
    std::chrono::nanoseconds cpu_time{0}; ///< of all programs, user and system
    std::uint64_t maximum_memory = 0;     ///< bytes; of the stage, the largest that was seen
};

/// What has to be left free for everything but the outputs, at least: with this much less than the answer's
/// limit for both outputs together, nothing is cut.
inline constexpr std::size_t answer_overhead_bytes = 512;

/// The JSON object and a newline, at most `limit` bytes (not less than 1024). Where the outputs do not fit,
/// each keeps at least half of the room, and what the other one leaves of its half.
std::string encode_answer(const verdict& verdict, const output_text& out, const output_text& errors,
                          std::size_t limit);

} // namespace code_runner
