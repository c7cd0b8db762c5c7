#pragma once

#include "child_reaper.hpp"
#include "../output_text.hpp"
#include "process.hpp"
#include "usage.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace code_runner {

/// Bytes to write to a program. `target` is closed when they are written, or when they are not read any more.
struct pipe_feed {
    unique_fd target;
    std::string_view rest;
};

/// The output of a program, up to a size that both streams share.
struct captured_output {
    explicit captured_output(std::size_t room_for_both) : room{room_for_both}, out{room}, errors{room} {}

    bool is_full() const {
        return out.truncated() || errors.truncated() || out.encoded().size() + errors.encoded().size() > room;
    }

    std::size_t room; ///< in encoded bytes
    output_text out;
    output_text errors;
};

struct stage_end {
    enum class reason : std::uint8_t { exited, time, output };

    reason why = reason::exited;
    int wait_status = 0; ///< in the form of waitpid(2); only valid for `exited`
    std::chrono::nanoseconds duration{0};
};

/// One poll loop over a program's stdin (and script, if it is prestarted), stdout, stderr, its end and the
/// clock. It also samples the memory in use. Returns when the program has exited, at the deadline, or when
/// the outputs are full. It does not wait for other processes that still hold the pipes, but reads the data
/// that is already in them. Does not kill the program. The reaper must watch the program. Throws failure if
/// it cannot wait for the program.
stage_end run_stage(child_process& child, pipe_feed input, pipe_feed script, captured_output& outputs,
                    child_reaper& reaper, usage_meter& usage, std::chrono::steady_clock::time_point deadline);

} // namespace code_runner
