#pragma once

#include "admission/caller.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace docker_run {

inline constexpr std::size_t max_access_token_size = 1'024;

/// Whether a text can be an access token: 1 to max_access_token_size printable ASCII characters and no space.
/// A header can carry such a text unchanged (RFC 9110 section 5.5).
bool is_access_token(std::string_view text);

/// One line of the token file.
struct token_line {
    std::string token;
    caller owner;
};

/// A fault of a line: a few words that follow its number. They repeat nothing from the line except keys.
struct token_line_fault {
    std::string reason;
};

/// Reads `TOKEN [name=NAME [runs=N] [queue=N] [weight=N] [images=PATTERN,…]]`, the pairs in any order.
std::variant<token_line, token_line_fault> parse_token_line(std::string_view line);

} // namespace docker_run
