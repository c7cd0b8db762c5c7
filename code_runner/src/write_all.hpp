#pragma once

#include <chrono>
#include <string_view>

namespace code_runner {

inline constexpr std::chrono::milliseconds usual_patience{10'000};

/// Writes to a pipe. Returns false if it is broken, or if nobody has read from it for that time.
bool write_all(int descriptor, std::string_view text, std::chrono::milliseconds patience = usual_patience);

} // namespace code_runner
