#pragma once

#include "admission/caller.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace docker_run {

inline constexpr std::size_t max_token_file_size = 65'536;

/// Why no tokens came out of a file: a sentence that names the line, and repeats nothing of what the file
/// holds but the keys.
struct token_file_fault {
    std::string reason;
};

/// Reads API_ACCESS_TOKEN_FILE: one token a line, empty lines skipped, at least one token. Behind a token may
/// stand, separated by spaces, `name=NAME` and then `runs=N`, `queue=N`, `weight=N` and
/// `images=PATTERN,PATTERN`; docs/tokens.md says what they mean. Lines of one name must say the same. A fault
/// besides those of read_trusted_file() for a secret: larger than max_token_file_size. Never waits for a
/// writer.
std::variant<std::vector<access_token>, token_file_fault> read_token_file(const std::string& path);

} // namespace docker_run
