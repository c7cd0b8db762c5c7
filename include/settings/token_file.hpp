#pragma once

#include "admission/caller.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace docker_run {

inline constexpr std::size_t max_token_file_size = 65'536;

/// Why a file gave no tokens: a sentence that names the line. It repeats nothing from the file except keys.
struct token_file_fault {
    std::string reason;
};

/// Reads API_ACCESS_TOKEN_FILE: one token a line, empty lines skipped, at least one token. A token may be
/// followed, separated by spaces, by `name=NAME` and with it `runs=N`, `queue=N`, `weight=N` and
/// `images=PATTERN,PATTERN`; docs/tokens.md explains them. Lines with the same name must agree. Besides wrong
/// lines and the faults of read_trusted_file() for a secret, a file larger than max_token_file_size is a
/// fault. Never waits for a writer.
std::variant<std::vector<access_token>, token_file_fault> read_token_file(const std::string& path);

} // namespace docker_run
