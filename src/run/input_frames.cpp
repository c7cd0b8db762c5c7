#include "run/input_frames.hpp"

#include "run/runner_frame.hpp"

#include <limits>

namespace docker_run {

namespace protocol = code_runner::protocol;
using protocol::task_frame;

namespace {

void append_number(std::string& text, std::uint16_t number) {
    text += static_cast<char>(number >> 8U);
    text += static_cast<char>(number & 0xFFU);
}

} // namespace

std::optional<window_size> window_size::of(std::optional<std::uint64_t> rows,
                                           std::optional<std::uint64_t> columns) {
    constexpr std::uint64_t greatest = std::numeric_limits<std::uint16_t>::max();
    const auto is_size = [](const std::optional<std::uint64_t>& number) {
        return number && *number >= 1 && *number <= greatest;
    };
    if (!is_size(rows) || !is_size(columns))
        return std::nullopt;
    return window_size{static_cast<std::uint16_t>(*rows), static_cast<std::uint16_t>(*columns)};
}

std::string input_frames(std::string_view bytes) {
    std::string frames;
    while (!bytes.empty()) {
        const auto piece = bytes.substr(0, protocol::greatest_frame);
        append_frame(frames, task_frame::input, piece);
        bytes.remove_prefix(piece.size());
    }
    return frames;
}

std::string end_of_input_frame() {
    std::string frame;
    append_frame(frame, task_frame::end_of_input, {});
    return frame;
}

std::string signal_frame(std::string_view name) {
    std::string frame;
    append_frame(frame, task_frame::signal, name);
    return frame;
}

std::string window_frame(const window_size& size) {
    std::string numbers;
    append_number(numbers, size.rows);
    append_number(numbers, size.columns);
    std::string frame;
    append_frame(frame, task_frame::window, numbers);
    return frame;
}

} // namespace docker_run
