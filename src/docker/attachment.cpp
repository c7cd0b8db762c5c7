#include "docker/attachment.hpp"

#include "docker/engine_error.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace docker_run::docker {

namespace asio = boost::asio;
namespace beast = boost::beast;
using beast::error_code;
using clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t read_size = 32 * 1024; ///< the largest frame of Docker
constexpr int max_drain_reads = 32; ///< a program that never stops printing is not listened to for ever

} // namespace

attachment attachment::moved_to(const asio::any_io_executor& executor) {
    unix_stream moved(executor);
    error_code failed;
    const auto descriptor = stream_.stream.socket().release(failed);
    if (!failed) {
        moved.socket().assign(asio::local::stream_protocol(), descriptor, failed);
        if (failed)
            ::close(descriptor);
    }
    if (failed)
        throw engine_error(engine_fault::broken, "Failed to take over a stream: " + failed.message());
    return attachment({std::move(moved), std::exchange(stream_.early_bytes, {})});
}

bool attachment::is_waiting() {
    char byte = 0;
    const auto peeked = ::recv(stream_.stream.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return stream_.early_bytes.empty() && peeked < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

asio::awaitable<conversation_result> attachment::converse(std::string_view payload, listener listen,
                                                          clock::time_point deadline) {
    using namespace asio::experimental::awaitable_operators;
    conversation_result result;
    stream_.stream.expires_at(deadline);
    // Never one after the other: a container that prints before it reads would block for ever, and so would
    // we.
    co_await (read(listen, deadline, result) || write(payload, result));
    co_return result;
}

/// Comes back by cancellation only: reading decides when the conversation is over. Being cut off by that is
/// no failure of its own.
asio::awaitable<void> attachment::write(std::string_view payload, conversation_result& result) {
    error_code failed;
    co_await asio::async_write(stream_.stream, asio::buffer(payload),
                               asio::redirect_error(asio::use_awaitable, failed));
    if (!failed)
        stream_.stream.socket().shutdown(asio::socket_base::shutdown_send, failed);
    result.payload_taken = !failed;
    if (failed && failed != asio::error::operation_aborted)
        result.failure = failed.message();
    asio::steady_timer until_cancelled(co_await asio::this_coro::executor, clock::time_point::max());
    co_await until_cancelled.async_wait(asio::use_awaitable);
}

asio::awaitable<void> attachment::read(const listener& listen, clock::time_point deadline,
                                       conversation_result& result) {
    std::string buffer = std::exchange(stream_.early_bytes, {});
    bool wants_more = buffer.empty() || listen(buffer);
    buffer.resize(read_size);
    while (wants_more) {
        error_code failed;
        const auto size = co_await stream_.stream.async_read_some(
            asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, failed));
        if (failed == asio::error::operation_aborted && clock::now() < deadline)
            throw boost::system::system_error(failed);
        if (clock::now() >= deadline || failed == beast::error::timeout) {
            result.end = conversation_end::deadline;
            co_return;
        }
        // Podman resets the connection of a container that ended with unread stdin.
        if (failed == asio::error::eof || failed == asio::error::connection_reset) {
            result.end = conversation_end::end_of_stream;
            if (result.failure.empty())
                result.failure = failed.message();
            co_return;
        }
        if (failed) {
            result.failure = failed.message();
            co_return;
        }
        wants_more = listen(std::string_view(buffer).substr(0, size));
    }
    drain(listen, buffer);
    result.end = conversation_end::settled;
}

void attachment::drain(const listener& listen, std::string& buffer) {
    const auto descriptor = stream_.stream.socket().native_handle();
    for (int reads = 0; reads < max_drain_reads; ++reads) {
        const auto size = ::recv(descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (size <= 0)
            return;
        listen(std::string_view(buffer).substr(0, static_cast<std::size_t>(size)));
    }
}

} // namespace docker_run::docker
