#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace docker_run {

/// Bytes as base64 with padding (RFC 4648, section 4).
std::string encode_base64(std::string_view bytes);

// The bytes of a text; nullopt if encoding them would give another text.

/// The same encoding.
std::optional<std::string> decode_base64(std::string_view text);
/// The alphabet for URLs, without padding (RFC 4648, section 5).
std::optional<std::string> decode_base64url(std::string_view text);

} // namespace docker_run
