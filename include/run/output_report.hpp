#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace docker_run {

/// Why the output of a container cannot be used, whatever else it holds.
enum class output_fault : std::uint8_t {
    none,
    too_large,      ///< more than the limit
    standard_input, ///< the engine sent frames of stdin back
    engine_text,    ///< the engine reports an error of its own within the stream
    not_frames,     ///< the stream is not the engine's format
    not_sealed,     ///< stdout is not the runner's one frame
    trailing_text   ///< something follows the result
};

/// What a conversation has found in the output of a container, for the verdict. Its texts live as long as the
/// output does.
struct output_report {
    output_fault fault = output_fault::none;
    std::string_view fault_text;            ///< of standard_input and engine_text
    std::string_view complaint;             ///< what the runner says about its own failure; empty: nothing
    std::optional<std::string_view> object; ///< the result; nullopt: it is not complete
    std::string_view missing;               ///< why there is no object
};

} // namespace docker_run
