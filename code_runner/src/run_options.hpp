#pragma once

#include "pseudo_terminal.hpp"
#include "run_clock.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace code_runner {

/// How the daemon wants a run of the second protocol (protocol.hpp, `option`).
struct run_options {
    bool interactive = false;
    std::optional<window_size> window; ///< only of an interactive run: the program gets a terminal
    interactive_limits limits;
    std::optional<std::chrono::milliseconds> wall_time;
};

/// Parses a JSON object. Rows and columns are at least 1 and come together; times are 1 to
/// protocol::greatest_time_limit. Throws failure for one with an unknown member or with a value out of range,
/// because the run would not be what the caller asked for.
run_options parse_options(std::string_view text);

} // namespace code_runner
