#pragma once

#include <string_view>

namespace docker_run {

/// Whether `text`, all that came on stderr, is what Podman adds there when its own side of the attach met a
/// container that had ended with unread stdin (hijackWriteError in libpod). These are not the program's
/// words.
bool are_podmans_words(std::string_view text);

/// Whether `text` ends with them. Podman 4.3 may send more bytes after them than their frame announces: the
/// rest of a longer text. Its stream is then malformed, and over (measured: one run in ten of a program that
/// prints much and reads nothing).
bool end_with_podmans_words(std::string_view text);

} // namespace docker_run
