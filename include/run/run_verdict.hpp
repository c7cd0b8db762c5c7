#pragma once

#include "docker/engine_types.hpp"
#include "run/conversation_result.hpp"
#include "run/output_report.hpp"
#include "run/run_error.hpp"
#include "run/run_output.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace docker_run {

/// The limits that a message may mention.
struct verdict_limits {
    std::size_t max_output_size;  ///< bytes
    std::int64_t memory;          ///< bytes
    bool holds_full_tmpfs = true; ///< full tmpfs mounts, which count as memory, leave enough for the program
};

/// The runner's object, byte for byte, or the reason why there is none.
using run_result = std::variant<std::string, run_failure>;

/// Why a conversation with a container has no result; nullopt if `output.object` is one. `state` is the state
/// of the container afterwards, as the engine reports it. It is needed if the stream ended before the output
/// was settled; nullopt then means that the engine could not tell. Pure.
std::optional<run_failure> failure_of(const conversation_result& talk, const output_report& output,
                                      const std::optional<docker::container_state>& state,
                                      const verdict_limits& limits);

/// The result of a conversation with a container that prints one object. Moves the object out of `output`.
/// Pure.
run_result verdict_of(const conversation_result& talk, run_output& output,
                      const std::optional<docker::container_state>& state, const verdict_limits& limits);

/// "exit code 7", "signal 11 (SIGSEGV)", "a kill for memory (limit 268435456 bytes)".
std::string describe_end(const docker::container_state& state, const verdict_limits& limits);

} // namespace docker_run
