#include "system/random_id.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace docker_run {

std::string random_id(std::size_t bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<unsigned char, 64> random{}; // getrandom(2) always returns all requested bytes up to 256
    bytes = std::min(bytes, random.size());
    if (::getrandom(random.data(), bytes, 0) < 0)
        throw std::system_error(errno, std::generic_category(), "getrandom");
    std::string id;
    for (std::size_t i = 0; i < bytes; ++i) {
        id += digits[random[i] >> 4];
        id += digits[random[i] & 15];
    }
    return id;
}

} // namespace docker_run
