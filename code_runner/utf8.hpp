#pragma once

namespace code_runner {

/// Whether this is a byte of a character in UTF-8, but not its first.
inline bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

} // namespace code_runner
