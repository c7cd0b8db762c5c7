#include "json/base64.hpp"

#include <boost/beast/core/detail/base64.hpp>

#include <algorithm>
#include <cstddef>

namespace docker_run {

namespace base64 = boost::beast::detail::base64;

namespace {

constexpr std::size_t group_size = 4;

} // namespace

std::string encode_base64(std::string_view bytes) {
    std::string text(base64::encoded_size(bytes.size()), '\0');
    text.resize(base64::encode(text.data(), bytes.data(), bytes.size()));
    return text;
}

/// The library's function stops at the first character that is no digit. So what it has read is compared.
std::optional<std::string> decode_base64(std::string_view text) {
    if (text.size() % group_size != 0)
        return std::nullopt;
    std::string bytes(base64::decoded_size(text.size()), '\0');
    bytes.resize(base64::decode(bytes.data(), text.data(), text.size()).first);
    return encode_base64(bytes) == text ? std::optional(std::move(bytes)) : std::nullopt;
}

std::optional<std::string> decode_base64url(std::string_view text) {
    if (text.find_first_of("+/=") != std::string_view::npos)
        return std::nullopt;
    std::string usual(text);
    std::ranges::replace(usual, '-', '+');
    std::ranges::replace(usual, '_', '/');
    usual.append((group_size - usual.size() % group_size) % group_size, '=');
    return decode_base64(usual);
}

} // namespace docker_run
