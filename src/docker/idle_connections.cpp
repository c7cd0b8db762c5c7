#include "docker/idle_connections.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

namespace docker_run::docker {

namespace {

/// More calls of one executor at a time are rare: a few launches, removals and refills.
constexpr std::ptrdiff_t most_of_one_executor = 4;

/// Whether the engine has neither closed the connection nor sent anything on it.
bool is_quiet(unix_stream& stream) {
    char byte = 0;
    const auto peeked = ::recv(stream.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return peeked < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

} // namespace

std::optional<unix_stream> idle_connections::take(const boost::asio::any_io_executor& executor) {
    for (;;) {
        std::optional<unix_stream> found;
        {
            const mutex_lock lock(mutex_);
            const auto last = std::find_if(streams_.rbegin(), streams_.rend(), [&](unix_stream& each) {
                return each.get_executor() == executor;
            });
            if (last == streams_.rend())
                return std::nullopt;
            found.emplace(std::move(*last));
            streams_.erase(std::next(last).base());
        }
        if (is_quiet(*found))
            return found;
    }
}

void idle_connections::keep(unix_stream stream) {
    stream.expires_never();
    const mutex_lock lock(mutex_);
    const auto same = std::count_if(streams_.begin(), streams_.end(), [&](unix_stream& each) {
        return each.get_executor() == stream.get_executor();
    });
    if (same < most_of_one_executor)
        streams_.push_back(std::move(stream));
}

} // namespace docker_run::docker
