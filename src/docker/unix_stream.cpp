#include "docker/unix_stream.hpp"

#include "async/pause.hpp"
#include "docker/engine_error.hpp"

#include <boost/asio/this_coro.hpp>

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace docker_run::docker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto full_backlog_pause = 5ms;

[[noreturn]] void throw_unreachable(const std::string& path, const std::string& reason) {
    throw engine_error(engine_fault::unreachable,
                       "Failed to connect to docker unix socket: " + path + ": " + reason);
}

} // namespace

asio::awaitable<unix_stream> connect_unix(std::string path, std::chrono::steady_clock::time_point deadline) {
    const auto executor = co_await asio::this_coro::executor;
    if (path.size() >= sizeof(sockaddr_un::sun_path))
        throw_unreachable(path, "the path is longer than a unix socket address");
    const asio::local::stream_protocol::endpoint endpoint(path);

    unix_stream stream(executor);
    boost::system::error_code failed;
    stream.socket().open(endpoint.protocol(), failed);
    if (!failed)
        stream.socket().native_non_blocking(true, failed);
    if (failed) // no descriptor or no memory is left: nothing was sent
        throw_unreachable(path, failed.message());
    // Calls connect(2) directly. On a unix socket it is never in progress. If the listener's backlog is full
    // it returns EAGAIN, which Asio treats as "in progress" and then reports as success.
    while (::connect(stream.socket().native_handle(), endpoint.data(),
                     static_cast<socklen_t>(endpoint.size())) != 0) {
        const int reason = errno;
        if (reason != EAGAIN && reason != EINTR)
            throw_unreachable(path, std::strerror(reason));
        if (std::chrono::steady_clock::now() >= deadline)
            throw_unreachable(path, "its backlog stays full");
        co_await pause(full_backlog_pause);
    }
    co_return stream;
}

} // namespace docker_run::docker
