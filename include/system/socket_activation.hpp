#pragma once

#include <optional>
#include <string>
#include <variant>

namespace docker_run {

/// Why the inherited socket cannot be used: a sentence for the operator.
struct inherited_socket_fault {
    std::string reason;
};

/// Takes the listening socket that a service manager passed to this process by sd_listen_fds(3). Returns
/// nothing if none was passed, and a fault if more than one was passed or it is not a listening TCP socket.
/// The caller owns the descriptor. Call it once, before any thread starts: it removes the variables of the
/// protocol from the environment.
std::variant<std::optional<int>, inherited_socket_fault> take_inherited_socket();

} // namespace docker_run
