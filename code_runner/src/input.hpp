#pragma once

#include <chrono>
#include <string>

namespace code_runner {

struct document {
    std::string text;
    std::chrono::steady_clock::time_point started; ///< when its first byte was there
};

/// Waits for one JSON object on `descriptor`, for as long as nothing arrives, and from the first byte on at
/// most for `time_limit`. Does not wait for the end of the stream; what follows the object is ignored. Throws
/// failure when something else arrives, nothing at all, or more than 64 MiB.
document read_document(int descriptor, std::chrono::milliseconds time_limit);

} // namespace code_runner
