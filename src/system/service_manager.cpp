#include "system/service_manager.hpp"

#include "system/unique_fd.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace docker_run {

namespace {

constexpr int first_passed = 3; ///< SD_LISTEN_FDS_START of sd_listen_fds(3)

/// Nothing if the variable is not set.
std::optional<std::string_view> environment_text(const char* name) {
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody writes it meanwhile
    return value == nullptr ? std::nullopt : std::optional<std::string_view>(value);
}

/// Nothing if the text is not a number above 0.
template <typename Number>
std::optional<Number> positive_number(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number <= 0)
        return std::nullopt;
    return number;
}

/// How many descriptors were passed to this process, or the negative errno of a broken variable.
int count_passed() {
    const auto receiver = environment_text("LISTEN_PID");
    const auto count = environment_text("LISTEN_FDS");
    if (!receiver)
        return 0;
    const auto pid = positive_number<pid_t>(*receiver);
    if (!pid)
        return -EINVAL;
    if (*pid != ::getpid() || !count)
        return 0;
    const auto number = positive_number<int>(*count);
    return number && *number <= INT_MAX - first_passed ? *number : -EINVAL;
}

/// An option of SOL_SOCKET; -1 if this is no socket.
int socket_option(int socket, int name) {
    int value = 0;
    socklen_t size = sizeof value;
    return ::getsockopt(socket, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

bool is_listening_tcp(int socket) {
    const int family = socket_option(socket, SO_DOMAIN);
    return (family == AF_INET || family == AF_INET6) && socket_option(socket, SO_TYPE) == SOCK_STREAM &&
           socket_option(socket, SO_ACCEPTCONN) == 1;
}

struct manager_address {
    sockaddr_un address{};
    socklen_t size = 0;
};

std::optional<manager_address> find_manager() {
    const std::string_view path = environment_text("NOTIFY_SOCKET").value_or("");
    manager_address manager;
    if (path.empty() || path.size() >= sizeof manager.address.sun_path)
        return std::nullopt;
    manager.address.sun_family = AF_UNIX;
    path.copy(manager.address.sun_path, path.size());
    if (path.front() == '@') // the abstract namespace of unix(7)
        manager.address.sun_path[0] = '\0';
    manager.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    return manager;
}

} // namespace

std::variant<std::optional<int>, inherited_socket_fault> take_inherited_socket() {
    int count = count_passed();
    for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"})
        ::unsetenv(name);
    if (count == 1 && ::fcntl(first_passed, F_SETFD, FD_CLOEXEC) != 0)
        count = -errno;
    if (count < 0)
        return inherited_socket_fault{"the sockets that were passed cannot be taken: " +
                                      std::generic_category().message(-count)};
    if (count == 0)
        return std::nullopt;
    if (count > 1)
        return inherited_socket_fault{std::to_string(count) +
                                      " sockets were passed, but docker-run listens on one: leave a single "
                                      "ListenStream= in its socket unit"};
    if (!is_listening_tcp(first_passed))
        return inherited_socket_fault{"what was passed is not a TCP socket that listens: its socket unit "
                                      "needs ListenStream= with a port, and Accept=no"};
    return first_passed;
}

bool has_service_manager() {
    return find_manager().has_value();
}

// libsystemd's sd_notify(3) waits for room in the manager's queue, without a deadline: a manager that hangs
// would block the daemon's threads.
void notify_service_manager(const std::string& assignments) {
    const auto manager = find_manager();
    if (!manager)
        return;
    const unique_fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket)
        return;
    ::sendto(socket.get(), assignments.data(), assignments.size(), MSG_NOSIGNAL,
             reinterpret_cast<const sockaddr*>(&manager->address), manager->size);
}

std::optional<std::chrono::microseconds> watchdog_time() {
    const auto time = positive_number<std::int64_t>(environment_text("WATCHDOG_USEC").value_or(""));
    const auto watched = environment_text("WATCHDOG_PID");
    if (!time || (watched && positive_number<pid_t>(*watched) != ::getpid()))
        return std::nullopt;
    return std::chrono::microseconds(*time);
}

} // namespace docker_run
