#pragma once

#include "code_runner/protocol.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace docker_run {

// Frames of the runner's second protocol (code_runner/protocol.hpp) as bytes. Pure.

/// The length in the head of a frame. `head` has all its bytes.
std::uint32_t frame_length(std::string_view head);

/// A number in 8 bytes, big-endian. `bytes` has at least as many.
std::uint64_t frame_number(std::string_view bytes);

/// Appends a frame for the runner. `content`: at most protocol::greatest_frame bytes.
void append_frame(std::string& text, code_runner::protocol::task_frame type, std::string_view content);

/// What comes before a payload of that size on the runner's stdin. `options`: a JSON object of
/// protocol::option names.
std::string task_head(std::string_view options, std::size_t payload_size);

} // namespace docker_run
