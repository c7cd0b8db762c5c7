#include "frame.hpp"

#include "../utf8.hpp"

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
    if (content.size() > protocol::greatest_frame) {
        std::size_t end = protocol::greatest_frame;
        while (end > 0 && is_continuation(content[end]))
            --end;
        content = content.substr(0, end);
    }
    std::string result;
    append_frame(result, static_cast<char>(type), content);
    return result;
}

} // namespace code_runner
