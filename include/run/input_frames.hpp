#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace docker_run {

// What a caller sends to its program while it runs, as frames for the runner (protocol::task_frame). Pure.

/// The size of a terminal.
struct window_size {
    std::uint16_t rows;
    std::uint16_t columns;

    /// nullopt if a number is missing or not from 1 to 65535.
    static std::optional<window_size> of(std::optional<std::uint64_t> rows,
                                         std::optional<std::uint64_t> columns);
    friend bool operator==(const window_size&, const window_size&) = default;
};

/// Bytes for the program's stdin; no frame for no bytes.
std::string input_frames(std::string_view bytes);
std::string end_of_input_frame();
/// `name`: INT, TERM or KILL.
std::string signal_frame(std::string_view name);
std::string window_frame(const window_size& size);

} // namespace docker_run
