#pragma once

#include "filter_program.hpp"

#include <cstdint>
#include <span>

namespace code_runner {

/// What becomes of one system call.
struct system_call_rule {
    std::uint32_t number;
    filter_label label;
};

/// removexattrat(2) of Linux 6.13. Calls that are newer were not read when the table was written, so that
/// they are missing until somebody has. It is less than the numbers of x32, which are missing too.
inline constexpr std::uint32_t last_known_system_call = 466;

/// Those of the architecture that the runner is built for.
std::span<const system_call_rule> native_system_call_rules();

/// Those of 32-bit programs on x86-64 (`int 0x80`, the commonest assembly of beginners); none elsewhere.
std::span<const system_call_rule> i386_system_call_rules();

} // namespace code_runner
