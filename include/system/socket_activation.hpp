#pragma once

#include <optional>
#include <string>
#include <variant>

namespace docker_run {

/// Why what was passed to us cannot be listened on, a sentence for the operator.
struct inherited_socket_fault {
    std::string reason;
};

/// The listening socket that a service manager passed to this process by sd_listen_fds(3), or nothing where
/// it passed none. The caller owns the descriptor. A fault if it passed more than one, or something other
/// than a TCP socket that listens. To be called before there are threads, once: it takes the variables of the
/// protocol out of the environment.
std::variant<std::optional<int>, inherited_socket_fault> take_inherited_socket();

} // namespace docker_run
