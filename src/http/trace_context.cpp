#include "http/trace_context.hpp"

#include "http/syntax.hpp"

#include <algorithm>
#include <cstddef>

namespace docker_run::http {
namespace {

constexpr std::size_t version_00_size = 55; // 2 + 32 + 16 + 2 digits, and three hyphens
constexpr std::size_t max_size = 512;       // of a later version, with the data that it appends

bool is_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text) {
    return is_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

} // namespace

bool is_traceparent(std::string_view text) {
    if (text.size() < version_00_size || text.size() > max_size)
        return false;
    const auto version = text.substr(0, 2);
    if (text[2] != '-' || text[35] != '-' || text[52] != '-' || version == "ff")
        return false;
    const bool ends = text.size() == version_00_size;
    if (!ends && (version == "00" || text[version_00_size] != '-'))
        return false;
    return is_hex(version) && is_id(text.substr(3, 32)) && is_id(text.substr(36, 16)) &&
           is_hex(text.substr(53, 2));
}

std::string_view traceparent_of(const boost::beast::http::fields& fields) {
    const auto [first, last] = fields.equal_range("traceparent");
    if (first == last || std::next(first) != last)
        return {};
    const std::string_view value = first->value();
    return is_traceparent(value) ? value : std::string_view();
}

} // namespace docker_run::http
