#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// The protocol between the daemon and code_runner: names and limits, no code. Both include it.

namespace code_runner::protocol {

// The environment variables of a container. The runner removes them before it starts any program.

/// Wall time of a run in milliseconds, from the first byte of the request to the end of the last command.
inline constexpr auto time_limit = "CODE_RUNNER_TIME_LIMIT_MS";
inline constexpr std::uint64_t least_time_limit = 1;
inline constexpr std::uint64_t greatest_time_limit = 86'400'000;

/// Size of the whole answer in bytes, including escapes and the final line feed.
inline constexpr auto output_limit = "CODE_RUNNER_OUTPUT_LIMIT";
/// With less, an answer would have no room for its own members.
inline constexpr std::size_t least_output_limit = 1024;
inline constexpr std::size_t greatest_output_limit = 1'073'741'824;

/// 1: an interpreter may be started before the request arrives; 0 or absent: it may not.
inline constexpr auto prestart = "CODE_RUNNER_PRESTART";

/// `seccomp_unenforced`: programs run on a kernel that cannot filter their system calls; absent: they do not.
inline constexpr auto seccomp = "CODE_RUNNER_SECCOMP";
inline constexpr auto seccomp_unenforced = "unenforced";

// The command line.

/// The option before the folder in which files are written and commands run.
inline constexpr auto path_option = "--path";

// Protocol 1: stdin is the bare request, stdout the bare answer. Protocol 2: stdin is `greeting`, then
// frames; stdout and stderr are frames, too. The runner tells them apart by the first byte of stdin, so a
// waiting container serves both. A frame is its type (1 byte), its length (4 bytes, big-endian) and that many
// bytes.

inline constexpr std::string_view greeting = "docker-run/2\n";
inline constexpr std::size_t frame_head_size = 5;
/// The longest frame, except for a payload. A longer text is sent as several frames.
inline constexpr std::size_t greatest_frame = 65'536;

/// Frames on the runner's stdin, in this order: one `options`, one `payload`, and then, only if the run is
/// interactive, any number of the others. Otherwise stdin ends after the payload.
enum class task_frame : char {
    options = 'Q', ///< a JSON object; its members are the `option::` names below
    payload = 'P', ///< the caller's request
    input = 'I',   ///< bytes for the program's stdin
    end_of_input = 'E',
    signal = 'S', ///< "INT", "TERM" or "KILL", to the foreground process group of the program
    window = 'W', ///< rows and columns of the terminal, 2 bytes each, big-endian
};

/// Frames on the runner's stderr. Programs may get hold of this pipe, so no verdict depends on them.
enum class live_frame : char {
    accepted = 'H', ///< the first one: the request is valid, nothing has started. Empty
    stage = 'G',    ///< a command begins: "build" or "run"
    output = 'O',   ///< bytes that the program printed on stdout, or on its terminal
    errors = 'R',   ///< bytes that it printed on stderr
};

/// The one frame on the runner's stdout. The descriptor is out of reach while programs live.
enum class sealed_frame : char {
    /// How many bytes were sent in all `output` frames and in all `errors` frames (8 bytes each, big-endian),
    /// then the answer as a JSON object without the members `stdout` and `stderr`.
    answer = 'A',
    failure = 'X', ///< the runner cannot serve the request: a sentence
};

namespace option {
inline constexpr auto interactive = "interactive"; ///< true: frames follow the payload
inline constexpr auto rows = "rows";               ///< rows and columns: the program gets a terminal
inline constexpr auto columns = "columns";
/// Milliseconds of processor time of all programs, and of silence in both directions, after which an
/// interactive run ends. Its wall time is the variable `time_limit` unless `wall_time` replaces it.
inline constexpr auto processor_time = "processorTime";
inline constexpr auto idle_time = "idleTime";
inline constexpr auto wall_time = "wallTime";
} // namespace option

/// The path at which the daemon mounts the runner in an image that has none.
inline constexpr auto mounted_runner = "/.code_runner";

} // namespace code_runner::protocol
