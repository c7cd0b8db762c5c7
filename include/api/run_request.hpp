#pragma once

#include "run/input_frames.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace docker_run {

/// How a run's caller is served. It decides which members of its request count.
enum class run_form : std::uint8_t { plain, live, interactive };

/// What the body of POST /run, or the first message of an interactive run asks for.
struct run_request {
    std::string image;              ///< not judged here; see docker/image_reference.hpp
    std::string_view payload;       ///< the object byte for byte, as a part of the body that was parsed
    bool binary = false;            ///< the caller takes the output as bytes, not as text
    std::optional<window_size> tty; ///< the program gets a terminal of that size
};

/// A body that is no run request.
struct run_request_fault {
    std::string
        message; ///< "Failed to parse json from request: …", naming the member or the offset; short, ASCII
};

/// Reads `{"image": string, "payload": object}`. If they are there, reads `"binary": boolean` unless the run
/// is plain, and `"tty": {"rows": number, "columns": number}` if it is interactive. Other members are
/// ignored; names count as what their escapes decode to. A member that is missing, duplicate or of another
/// type is a fault, and so is all that check_json refuses. The payload lives as long as the bytes of `body`
/// do.
std::variant<run_request, run_request_fault> parse_run_request(std::string_view body,
                                                               run_form form = run_form::plain);

} // namespace docker_run
