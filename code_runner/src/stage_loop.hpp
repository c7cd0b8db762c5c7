#pragma once

#include "child_reaper.hpp"
#include "output_text.hpp"
#include "process.hpp"
#include "usage.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace code_runner {

/// Bytes on their way to a program; closed when they are written, or when nobody reads them any more.
struct feed {
    unique_fd target;
    std::string_view rest;
};

/// What a program prints, up to a size that both streams share.
struct outputs {
    explicit outputs(std::size_t room_for_both) : room{room_for_both}, out{room}, errors{room} {}

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
    int wait_status = 0; ///< as of waitpid(2); meaningful when it exited
    std::chrono::nanoseconds duration{0};
};

/// One poll loop over a program's stdin (and script, where it is prestarted), stdout, stderr, its end and the
/// clock. Meanwhile it samples the memory in use. Returns as soon as the program has exited, whoever still
/// holds its pipes, with what was in them by then; at the deadline; or when the outputs are full. The program
/// is not killed. It must be watched by the reaper. Throws failure where it cannot wait for the program.
stage_end run_stage(child_process& child, feed input, feed script, outputs& outputs, reaper& reaper,
                    usage_meter& usage, std::chrono::steady_clock::time_point deadline);

} // namespace code_runner
