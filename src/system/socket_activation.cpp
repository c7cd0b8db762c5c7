#include "system/socket_activation.hpp"

#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include <system_error>

namespace docker_run {

std::variant<std::optional<int>, inherited_socket_fault> take_inherited_socket() {
    constexpr int take_from_environment = 1;
    constexpr int listening = 1;
    const int count = ::sd_listen_fds(take_from_environment);
    if (count < 0)
        return inherited_socket_fault{"the sockets that were passed cannot be taken: " +
                                      std::generic_category().message(-count)};
    if (count == 0)
        return std::nullopt;
    if (count > 1)
        return inherited_socket_fault{std::to_string(count) +
                                      " sockets were passed, but docker-run listens on one: leave a single "
                                      "ListenStream= in its socket unit"};
    if (::sd_is_socket_inet(SD_LISTEN_FDS_START, AF_UNSPEC, SOCK_STREAM, listening, 0) <= 0)
        return inherited_socket_fault{"what was passed is not a TCP socket that listens: its socket unit "
                                      "needs ListenStream= with a port, and "
                                      "Accept=no"};
    return SD_LISTEN_FDS_START;
}

} // namespace docker_run
