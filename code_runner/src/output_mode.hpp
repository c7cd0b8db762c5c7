#pragma once

#include <cstdint>

namespace code_runner {

/// Whether the caller gets what a program prints when it has ended, or while it runs.
enum class output_mode : std::uint8_t { plain, live };

} // namespace code_runner
