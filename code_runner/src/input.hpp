#pragma once

#include <chrono>
#include <string>

namespace code_runner {

struct request_document {
    std::string text;
    std::chrono::steady_clock::time_point started; ///< when its first byte had arrived
};

/// Reads one JSON object from `descriptor`. Waits without a limit for the first byte, and after that at most
/// `time_limit`. Does not wait for the end of the stream, and ignores all data after the object. Throws
/// failure if other data arrives, if the object is not complete when the stream or the time ends, or if it is
/// larger than 64 MiB.
request_document read_document(int descriptor, std::chrono::milliseconds time_limit);

} // namespace code_runner
