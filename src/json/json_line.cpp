#include "json/json_line.hpp"

#include "json/json_scanner.hpp"

namespace docker_run {

namespace {

/// The escape of the character at `position`; empty if it ends no line.
std::string_view line_end_escape(std::string_view text, std::size_t position) {
    const auto rest = text.substr(position);
    if (rest.starts_with("\xC2\x85"))
        return "\\u0085";
    if (rest.starts_with("\xE2\x80\xA8"))
        return "\\u2028";
    return rest.starts_with("\xE2\x80\xA9") ? "\\u2029" : "";
}

/// The size of the string that `text` begins with, both quotes included.
std::size_t string_size(std::string_view text) {
    std::size_t position = 1;
    while (position < text.size() && text[position] != '"')
        position += text[position] == '\\' ? 2 : 1;
    return position + 1;
}

} // namespace

std::string compact_json(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const auto quote = text.find('"');
        for (const char c : text.substr(0, quote))
            if (json_white_space.find(c) == std::string_view::npos)
                result += c;
        if (quote == std::string_view::npos)
            break;
        text.remove_prefix(quote);
        const auto string = text.substr(0, string_size(text));
        result.append(string);
        text.remove_prefix(string.size());
    }
    return result;
}

void escape_line_ends(std::string& text) {
    constexpr std::string_view first_bytes = "\xC2\xE2";
    std::string result;
    std::size_t copied = 0;
    for (auto found = text.find_first_of(first_bytes); found != std::string::npos;
         found = text.find_first_of(first_bytes, found + 1)) {
        const auto escape = line_end_escape(text, found);
        if (escape.empty())
            continue;
        result.append(text, copied, found - copied).append(escape);
        copied = found + (text[found] == '\xC2' ? 2 : 3);
    }
    if (copied > 0)
        text = std::move(result.append(text, copied));
}

} // namespace docker_run
