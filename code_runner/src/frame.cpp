#include "frame.hpp"

namespace code_runner {

std::string big_endian(std::uint64_t number, std::size_t size) {
    std::string result(size, '\0');
    for (auto byte = result.rbegin(); byte != result.rend(); ++byte, number >>= 8)
        *byte = static_cast<char>(number & 0xFF);
    return result;
}

void append_frame(std::string& target, char type, std::string_view content) {
    target += type;
    target += big_endian(content.size(), protocol::frame_head_size - 1);
    target += content;
}

std::string encode_frame(protocol::sealed_frame type, std::string_view content) {
    std::string result;
    append_frame(result, static_cast<char>(type), content.substr(0, protocol::greatest_frame));
    return result;
}

} // namespace code_runner
