#include "write_all.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace code_runner {

/// Writes pieces of PIPE_BUF bytes: a pipe that poll(2) reports as writable takes that much without blocking.
bool write_all(int descriptor, std::string_view text, std::chrono::milliseconds patience) {
    while (!text.empty()) {
        pollfd output{.fd = descriptor, .events = POLLOUT, .revents = 0};
        if (::poll(&output, 1, static_cast<int>(patience.count())) == 0)
            return false;
        const ssize_t count = ::write(descriptor, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
        if (count < 0 && errno != EINTR && errno != EAGAIN)
            return false;
        text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    return true;
}

} // namespace code_runner
