#pragma once

#include "../protocol.hpp"

#include <string>
#include <string_view>

namespace code_runner {

/// Appends a frame to the daemon. `content` has at most protocol::greatest_frame bytes.
void append_frame(std::string& target, char type, std::string_view content);

/// The frame that ends a run. Content beyond protocol::greatest_frame bytes is dropped, in whole characters.
std::string encode_frame(protocol::sealed_frame type, std::string_view content);

/// `size` bytes of a number, big-endian.
std::string big_endian(std::uint64_t number, std::size_t size);

} // namespace code_runner
