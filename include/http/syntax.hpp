#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace docker_run::http {

// The few grammar rules that the head gate, the chunked decoder and the response writer share. Pure, no
// allocation.

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

constexpr bool is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// SP or HTAB, the characters of OWS and BWS (RFC 9110, 5.6.3).
constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/// tchar (RFC 9110, 5.6.2).
constexpr bool is_token_char(char c) {
    return is_alpha(c) || is_digit(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

/// A byte that may stand in a field value: VCHAR, SP, HTAB, obs-text (RFC 9110, 5.5).
constexpr bool is_field_char(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '\t' || (byte >= 0x20 && byte != 0x7F);
}

/// Value of a hexadecimal digit, or -1.
constexpr int hex_value(char c) {
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// Whether both texts are equal when the case of ASCII letters is ignored. Beast's function of this purpose
/// reads one byte after the end of its arguments as soon as two letters differ in case (Boost 1.81).
bool equals_ignoring_case(std::string_view left, std::string_view right);

/// One or more token characters.
bool is_token(std::string_view text);

/// `text` without the SP and HTAB around it.
std::string_view trim(std::string_view text);

/// 1*DIGIT below 2^64, as Content-Length requires (RFC 9110, 8.6): no sign, no space, no list.
std::optional<std::uint64_t> parse_decimal(std::string_view text);

/// uri-host [ ":" port ] (RFC 9110, 7.2), not empty. Stricter than the RFC in one point: no comma, because
/// two hosts that a proxy joined to a list would pass as one name.
bool is_host(std::string_view text);

struct field_line {
    std::string_view name;
    std::string_view value; ///< without the white space around it
};

/// Splits `line` (without its CRLF) at the colon. Returns nothing if the name is not a token, as with a
/// folded line or white space before the colon (RFC 9112, 5.1 and 5.2), or if the value holds a control
/// character.
std::optional<field_line> parse_field_line(std::string_view line);

} // namespace docker_run::http
