#pragma once

#include "filter_program.hpp"

#include <cstdint>
#include <span>

namespace code_runner {

/// The answer to one system call.
struct system_call_rule {
    std::uint32_t number;
    filter_label label;
};

/// removexattrat(2) of Linux 6.13. Newer calls were not reviewed when the table was written, so they are
/// treated as missing until somebody reviews them. The numbers of x32 are larger than this one, so they are
/// treated as missing too.
inline constexpr std::uint32_t last_known_system_call = 466;

/// The rules for the architecture that the runner is built for.
std::span<const system_call_rule> native_system_call_rules();

/// The rules for 32-bit programs on x86-64 (`int 0x80`, the most common assembly of beginners); empty
/// elsewhere.
std::span<const system_call_rule> i386_system_call_rules();

} // namespace code_runner
