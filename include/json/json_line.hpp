#pragma once

#include <string>
#include <string_view>

namespace docker_run {

// JSON in one line, for clients that split a stream at line ends.

/// A valid JSON text without the white space outside of its strings. Nothing else changes. Pure.
std::string compact_json(std::string_view text);

/// Escapes what some clients take for the end of a line (Python's str.splitlines() does): U+0085, U+2028 and
/// U+2029. In valid JSON they occur in strings only, so the value stays the same.
void escape_line_ends(std::string& text);

} // namespace docker_run
