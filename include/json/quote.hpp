#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace docker_run {

/// The most that quote() shows of a text, in bytes.
inline constexpr std::size_t max_quoted_bytes = 512;

/// Any bytes as one JSON string in printable ASCII, for a log line or a terminal: no line break, escape
/// sequence or direction mark gets through, bad UTF-8 becomes U+FFFD. A longer text is cut and ends in "...".
std::string quote(std::string_view text);

} // namespace docker_run
