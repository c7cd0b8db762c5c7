#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace code_runner {

/// How the daemon wants a run of the second protocol (protocol.hpp, `option`).
struct run_options {
    std::optional<std::chrono::milliseconds> wall_time; ///< 1 to protocol::greatest_time_limit
};

/// Parses a JSON object. Throws failure for one with an unknown member or with a value out of range, because
/// the run would not be what the caller asked for.
run_options parse_options(std::string_view text);

} // namespace code_runner
