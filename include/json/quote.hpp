#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace docker_run {

/// The longest part of a text that quote() shows, in bytes.
inline constexpr std::size_t max_quoted_bytes = 512;

/// Converts any bytes to one JSON string in printable ASCII, for a log line or a terminal. Line breaks,
/// escape sequences and direction marks are escaped; invalid UTF-8 becomes U+FFFD. A longer text is cut and
/// ends in "...".
std::string quote(std::string_view text);

} // namespace docker_run
