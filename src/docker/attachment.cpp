#include "docker/attachment.hpp"

#include "docker/engine_error.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace docker_run::docker {

namespace asio = boost::asio;
using boost::system::error_code;
using clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t read_size = 32 * 1024; ///< the largest frame of Docker

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

void attachment::expires_at(clock::time_point deadline) {
    deadline_ = deadline;
    stream_.stream.expires_at(deadline);
}

asio::awaitable<std::string_view> attachment::read(error_code& error) {
    if (!stream_.early_bytes.empty()) {
        early_ = std::exchange(stream_.early_bytes, {});
        co_return early_;
    }
    buffer_.reset();
    const auto size = co_await stream_.stream.async_read_some(
        asio::buffer(first_), asio::redirect_error(asio::use_awaitable, error));
    // A deadline ends the operation as a cancellation does.
    if (error && clock::now() >= deadline_)
        error = asio::error::timed_out;
    else if (error == asio::error::operation_aborted)
        throw boost::system::system_error(error);
    if (error)
        co_return std::string_view();
    if (size < first_.size())
        co_return std::string_view(first_.data(), size);
    buffer_ = std::make_unique_for_overwrite<char[]>(read_size);
    std::ranges::copy(first_, buffer_.get());
    co_return receive(first_.size());
}

std::string_view attachment::read_available() {
    if (!buffer_)
        buffer_ = std::make_unique_for_overwrite<char[]>(read_size);
    return receive(0);
}

/// Adds what can be read at once to the first `known` bytes of the buffer, and returns all of it.
std::string_view attachment::receive(std::size_t known) {
    const auto size = ::recv(stream_.stream.socket().native_handle(), buffer_.get() + known,
                             read_size - known, MSG_DONTWAIT);
    return {buffer_.get(), known + static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

asio::awaitable<void> attachment::write(std::array<std::string_view, 2> parts, error_code& error) {
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(parts[0]), asio::buffer(parts[1])};
    co_await asio::async_write(stream_.stream, buffers, asio::redirect_error(asio::use_awaitable, error));
    if (error && clock::now() >= deadline_)
        error = asio::error::timed_out;
}

void attachment::close_stdin(error_code& error) {
    stream_.stream.socket().shutdown(asio::socket_base::shutdown_send, error);
}

} // namespace docker_run::docker
