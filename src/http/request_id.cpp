#include "http/request_id.hpp"

#include "http/syntax.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace docker_run::http {

bool is_request_id(std::string_view text) {
    constexpr auto is_allowed = [](char c) {
        return is_alpha(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
    };
    return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, is_allowed);
}

std::string new_request_id() {
    std::array<unsigned char, 16> bits{};
    // getrandom(2): reads of up to 256 bytes are always complete once the kernel's random source is ready.
    if (::getrandom(bits.data(), bits.size(), 0) != static_cast<ssize_t>(bits.size()))
        throw std::system_error(errno, std::generic_category(), "getrandom");
    constexpr std::string_view digits = "0123456789abcdef";
    std::string id;
    id.reserve(2 * bits.size());
    for (const unsigned char byte : bits) {
        id.push_back(digits[byte >> 4U]);
        id.push_back(digits[byte & 0x0FU]);
    }
    return id;
}

} // namespace docker_run::http
