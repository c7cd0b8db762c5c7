#pragma once

#include <string_view>

namespace code_runner {

/// Writes to a pipe. Returns false if it is broken, or if nobody has read from it for 10 s.
bool write_all(int descriptor, std::string_view text);

} // namespace code_runner
