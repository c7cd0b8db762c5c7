#pragma once

#include "caller.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace docker_run {

/// One line of the token file.
struct token_line {
    std::string token;
    caller owner;
};

/// What is wrong with a line: a few words that follow its number, and repeat nothing of it but keys.
struct token_line_fault {
    std::string reason;
};

/// Reads `TOKEN [name=NAME [runs=N] [queue=N] [weight=N] [images=PATTERN,…]]`, the pairs in any order.
std::variant<token_line, token_line_fault> parse_token_line(std::string_view line);

} // namespace docker_run
