#include "run/runner_frame.hpp"

namespace docker_run {

namespace protocol = code_runner::protocol;

namespace {

constexpr unsigned byte_bits = 8;

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t number = 0;
    for (const char byte : bytes)
        number = number << byte_bits | static_cast<unsigned char>(byte);
    return number;
}

void append_head(std::string& text, protocol::task_frame type, std::size_t size) {
    text += static_cast<char>(type);
    for (auto shift = static_cast<int>(3 * byte_bits); shift >= 0; shift -= static_cast<int>(byte_bits))
        text += static_cast<char>(size >> shift & 0xFFU);
}

} // namespace

std::uint32_t frame_length(std::string_view head) {
    return static_cast<std::uint32_t>(big_endian(head.substr(1, sizeof(std::uint32_t))));
}

std::uint64_t frame_number(std::string_view bytes) {
    return big_endian(bytes.substr(0, sizeof(std::uint64_t)));
}

void append_frame(std::string& text, protocol::task_frame type, std::string_view content) {
    append_head(text, type, content.size());
    text.append(content);
}

std::string task_head(std::string_view options, std::size_t payload_size) {
    std::string head(protocol::greeting);
    append_frame(head, protocol::task_frame::options, options);
    append_head(head, protocol::task_frame::payload, payload_size);
    return head;
}

} // namespace docker_run
