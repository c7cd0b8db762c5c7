#include "frame_reader.hpp"

#include "failure.hpp"
#include "request.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace code_runner {
namespace {

using protocol::task_frame;

std::size_t greatest_content(task_frame type) {
    switch (type) {
    case task_frame::payload:
        return maximum_request_bytes;
    case task_frame::options:
    case task_frame::input:
    case task_frame::end_of_input:
    case task_frame::signal:
    case task_frame::window:
        return protocol::greatest_frame;
    }
    throw failure{"Failed to read the request, a frame has an unknown type"};
}

/// The length in a head: 4 bytes, big-endian.
std::size_t content_size(std::string_view head) {
    std::uint32_t size = 0;
    for (const char byte : head.substr(1))
        size = size << 8 | static_cast<unsigned char>(byte);
    return size;
}

/// Moves bytes from the front of `bytes` until `target` has that size.
void fill(std::string& target, std::size_t size, std::string_view& bytes) {
    const std::string_view part = bytes.substr(0, size - target.size());
    target.append(part);
    bytes.remove_prefix(part.size());
}

} // namespace

std::optional<received_frame> frame_reader::next(std::string_view& bytes) {
    fill(head_, protocol::frame_head_size, bytes);
    if (head_.size() < protocol::frame_head_size)
        return std::nullopt;

    const auto type = static_cast<task_frame>(head_.front());
    const std::size_t size = content_size(head_);
    if (size > greatest_content(type))
        throw failure{type == task_frame::payload ? "Failed to read the request, it is larger than 64 MiB"
                                                  : "Failed to read the request, a frame is too long"};
    content_.reserve(size);
    fill(content_, size, bytes);
    if (content_.size() < size)
        return std::nullopt;
    head_.clear();
    return received_frame{type, std::exchange(content_, {})};
}

} // namespace code_runner
