#include "http/syntax.hpp"

#include <algorithm>
#include <limits>

namespace docker_run::http {
namespace {

// unreserved / pct-encoded / sub-delims of RFC 3986, 3.2.2, without the comma. The percent sign is not
// decoded, because this name is never resolved.
bool is_host_char(char c) {
    return is_alpha(c) || is_digit(c) ||
           std::string_view("-._~%!$&'()*+;=").find(c) != std::string_view::npos;
}

bool is_address_char(char c) {
    return hex_value(c) >= 0 || c == ':' || c == '.';
}

char lower_case(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

bool equals_ignoring_case(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, {}, lower_case, lower_case);
}

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_token_char);
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
    if (text.empty())
        return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : text) {
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (!is_digit(c) || value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10)
            return std::nullopt;
        value = value * 10 + digit;
    }
    return value;
}

bool is_host(std::string_view text) {
    std::size_t host_end = std::min(text.find(':'), text.size());
    if (text.starts_with('[')) {
        const std::size_t bracket = text.find(']');
        if (bracket == std::string_view::npos || bracket == 1 ||
            !std::ranges::all_of(text.substr(1, bracket - 1), is_address_char)) {
            return false;
        }
        host_end = bracket + 1;
    } else if (host_end == 0 || !std::ranges::all_of(text.substr(0, host_end), is_host_char)) {
        return false;
    }
    const std::string_view port = text.substr(host_end);
    return port.empty() || (port.front() == ':' && std::ranges::all_of(port.substr(1), is_digit));
}

std::optional<field_line> parse_field_line(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
        return std::nullopt;
    const std::string_view value = line.substr(colon + 1);
    if (!std::ranges::all_of(value, is_field_char))
        return std::nullopt;
    return field_line{line.substr(0, colon), trim(value)};
}

} // namespace docker_run::http
