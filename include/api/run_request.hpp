#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace docker_run {

/// What the body of POST /run asks for.
struct run_request {
    std::string image;        ///< not judged here; see docker/image_reference.hpp
    std::string_view payload; ///< the object byte for byte, as a part of the body that was parsed
    bool binary = false;      ///< the caller takes the output as bytes, not as text
};

/// A body that is no run request.
struct run_request_fault {
    std::string
        message; ///< "Failed to parse json from request: …", naming the member or the offset; short, ASCII
};

/// Reads `{"image": string, "payload": object}`, and for a live run `"binary": boolean` if it is there. Other
/// members are ignored; names count as what their escapes decode to. A member that is missing, duplicate or
/// of another type is a fault, and so is all that check_json refuses. The payload lives as long as the bytes
/// of `body` do.
std::variant<run_request, run_request_fault> parse_run_request(std::string_view body, bool is_live = false);

} // namespace docker_run
