#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace docker_run {

/// A message that is no input of an interactive run.
struct input_message_fault {
    std::string message; ///< short, ASCII
};

/// Reads what the caller of an interactive run sends after its request: a JSON object with the member `type`
/// and with those of its type, and no others (api_docs/run.md, "Interactive runs"). Returns the frames for
/// the runner; empty if there is nothing to send. Pure.
std::variant<std::string, input_message_fault> parse_input_message(std::string_view text);

} // namespace docker_run
