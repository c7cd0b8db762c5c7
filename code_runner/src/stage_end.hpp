#pragma once

#include <chrono>
#include <cstdint>

namespace code_runner {

struct stage_end {
    enum class reason : std::uint8_t {
        exited,
        time,
        idle, ///< no byte of input or output for too long
        output
    };

    reason why = reason::exited;
    int wait_status = 0; ///< in the form of waitpid(2); only valid for `exited`
    std::chrono::nanoseconds duration{0};
};

} // namespace code_runner
