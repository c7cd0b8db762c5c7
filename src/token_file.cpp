#include "token_file.hpp"

#include "trusted_file.hpp"

#include <algorithm>

namespace docker_run {

namespace {

std::variant<std::vector<std::string>, token_file_fault> split_tokens(std::string_view content) {
    std::vector<std::string> tokens;
    for (std::size_t line = 1; !content.empty(); ++line) {
        const auto end = std::min(content.find('\n'), content.size());
        const auto token = content.substr(0, end);
        content.remove_prefix(std::min(end + 1, content.size()));
        if (token.empty())
            continue;
        if (!is_access_token(token))
            return token_file_fault{"line " + std::to_string(line) + " is not a token"};
        tokens.emplace_back(token);
    }
    if (tokens.empty())
        return token_file_fault{"no token in it"};
    return tokens;
}

} // namespace

bool is_access_token(std::string_view text) {
    return !text.empty() && text.size() <= max_access_token_size &&
           std::all_of(text.begin(), text.end(),
                       [](char character) { return character > ' ' && character <= '~'; });
}

std::variant<std::vector<std::string>, token_file_fault> read_token_file(const std::string& path) {
    const auto read = read_trusted_file(path, max_token_file_size, trusted_content::secret);
    if (const auto* fault = std::get_if<trusted_file_fault>(&read))
        return token_file_fault{fault->reason};
    return split_tokens(std::get<std::string>(read));
}

} // namespace docker_run
