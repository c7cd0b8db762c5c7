#include "json/number_text.hpp"

#include <array>
#include <charconv>

namespace docker_run {

std::string show_number(double value) {
    std::array<char, 32> buffer{};
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed).ptr;
    return {buffer.data(), end};
}

} // namespace docker_run
