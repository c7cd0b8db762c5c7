#include "json/base64.hpp"

#include <boost/beast/core/detail/base64.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace docker_run {

namespace base64 = boost::beast::detail::base64;

namespace {

constexpr unsigned bits_of_digit = 6;
constexpr std::string_view first_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t group_size = 4;

std::optional<std::uint32_t> value_of(char digit, std::string_view last_digits) {
    if (const auto found = first_digits.find(digit); found != std::string_view::npos)
        return static_cast<std::uint32_t>(found);
    if (const auto found = last_digits.find(digit); found != std::string_view::npos)
        return static_cast<std::uint32_t>(first_digits.size() + found);
    return std::nullopt;
}

/// `last_digits`: those for 62 and 63. The padding has been removed.
std::optional<std::string> decode_digits(std::string_view digits, std::string_view last_digits) {
    std::string bytes;
    bytes.reserve(digits.size() / group_size * 3 + 2);
    std::uint32_t bits = 0;
    unsigned count = 0; // of the bits that belong to no whole byte yet
    for (const char digit : digits) {
        const auto value = value_of(digit, last_digits);
        if (!value)
            return std::nullopt;
        bits = (bits << bits_of_digit) | *value;
        count += bits_of_digit;
        if (count < 8)
            continue;
        count -= 8;
        bytes += static_cast<char>(bits >> count);
        bits &= (1U << count) - 1;
    }
    const bool is_whole = count < bits_of_digit && bits == 0;
    return is_whole ? std::optional(std::move(bytes)) : std::nullopt;
}

} // namespace

std::string encode_base64(std::string_view bytes) {
    std::string text(base64::encoded_size(bytes.size()), '\0');
    text.resize(base64::encode(text.data(), bytes.data(), bytes.size()));
    return text;
}

std::optional<std::string> decode_base64(std::string_view text) {
    if (text.size() % group_size != 0)
        return std::nullopt;
    for (int paddings = 0; paddings < 2 && text.ends_with('='); ++paddings)
        text.remove_suffix(1);
    return decode_digits(text, "+/");
}

std::optional<std::string> decode_base64url(std::string_view text) {
    return decode_digits(text, "-_");
}

} // namespace docker_run
