#include "http/connection.hpp"

#include "http/ip_prefix.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <netinet/tcp.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <utility>

namespace docker_run::http {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

// More than is ever read ahead: a whole request head, or max_read_ahead and one more read.
constexpr std::size_t max_buffer_size = 262'144;
// An idle connection keeps a buffer of at most this size.
constexpr std::size_t idle_buffer_size = 4096;
constexpr std::size_t linger_read_size = 16'384;

using unsent_limit = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;

std::array<asio::const_buffer, 3> buffers_of(const std::array<std::string_view, 3>& parts) {
    return {asio::buffer(parts[0]), asio::buffer(parts[1]), asio::buffer(parts[2])};
}

} // namespace

connection::connection(tcp::socket socket)
    : socket_(std::move(socket)), timer_(socket_.get_executor()), buffer_(max_buffer_size) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(tcp::no_delay(true), ignored);
    peer_ = plain_address(socket_.remote_endpoint(ignored).address());
}

void connection::expires_after(clock::duration time) {
    set_deadline(clock::now() + time);
}

void connection::set_deadline(clock::time_point time) {
    deadline_ = std::min(time, last_deadline_);
    // If the timer fires before the deadline, on_timer() arms it again. So a later deadline costs nothing
    // here: a busy connection sets its timer once in some seconds, and not several times for each request.
    if (deadline_ < armed_for_)
        arm();
}

void connection::expires_within(clock::duration time) {
    if (clock::now() + time < deadline_)
        expires_after(time);
}

void connection::never_expires() {
    set_deadline(clock::time_point::max());
}

void connection::ends_within(clock::duration time) {
    last_deadline_ = std::min(clock::now() + time, last_deadline_);
    set_deadline(deadline_);
}

void connection::arm() {
    armed_for_ = deadline_;
    timer_.expires_at(deadline_);
    timer_.async_wait([weak = weak_from_this()](const error_code& error) {
        const auto self = weak.lock();
        if (!error && self)
            self->on_timer();
    });
}

void connection::on_timer() {
    // This may be an old callback, queued before the timer was armed again.
    if (clock::now() < armed_for_)
        return;
    armed_for_ = clock::time_point::max();
    if (is_expired()) {
        error_code ignored;
        socket_.cancel(ignored);
    } else if (deadline_ != clock::time_point::max()) {
        arm();
    }
}

void connection::report_expiry(error_code& error) const {
    if (error == asio::error::operation_aborted && is_expired())
        error = asio::error::timed_out;
}

std::string_view connection::unread() const {
    return {static_cast<const char*>(buffer_.cdata().data()), buffer_.size()};
}

bool connection::has_input() {
    error_code error;
    std::array<char, 1> byte{};
    socket_.receive(asio::buffer(byte), tcp::socket::message_peek, error);
    return error != asio::error::would_block;
}

void connection::release_memory() {
    if (buffer_.size() == 0 && buffer_.capacity() > idle_buffer_size)
        buffer_.shrink_to_fit();
}

void connection::release_all_memory() {
    if (buffer_.size() == 0)
        buffer_.shrink_to_fit();
}

asio::awaitable<std::size_t> connection::read_more(std::size_t max_size, error_code& error) {
    if (is_expired()) {
        error = asio::error::timed_out;
        co_return 0;
    }
    const auto space = buffer_.prepare(max_size);
    const std::size_t size =
        co_await socket_.async_read_some(space, asio::redirect_error(asio::use_awaitable, error));
    buffer_.commit(size);
    report_expiry(error);
    co_return size;
}

asio::awaitable<void> connection::write(std::array<std::string_view, 3> parts, error_code& error) {
    if (is_expired()) {
        error = asio::error::timed_out;
        co_return;
    }
    const auto buffers = buffers_of(parts);
    co_await asio::async_write(socket_, buffers, asio::redirect_error(asio::use_awaitable, error));
    report_expiry(error);
}

asio::awaitable<std::size_t> connection::write_some(std::array<std::string_view, 3> parts,
                                                    error_code& error) {
    if (is_expired()) {
        error = asio::error::timed_out;
        co_return 0;
    }
    const auto buffers = buffers_of(parts);
    const std::size_t size =
        co_await socket_.async_write_some(buffers, asio::redirect_error(asio::use_awaitable, error));
    report_expiry(error);
    co_return size;
}

asio::awaitable<void> connection::wait_until_gone() {
    while (buffer_.size() <= max_read_ahead) {
        // The wait takes no bytes from the socket, and the read below is one step. So after a cancellation
        // every byte is either in the kernel or in the buffer.
        co_await socket_.async_wait(tcp::socket::wait_read, asio::use_awaitable);
        error_code error;
        const auto space = buffer_.prepare(max_read_ahead + 1 - buffer_.size());
        const std::size_t size = socket_.read_some(space, error);
        buffer_.commit(size);
        if (error && error != asio::error::would_block)
            co_return;
    }
}

void connection::hang_up() {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
}

bool connection::has_hung_up() {
    pollfd state{socket_.native_handle(), POLLRDHUP, 0};
    return ::poll(&state, 1, 0) > 0;
}

void connection::cancel() {
    error_code ignored;
    socket_.cancel(ignored);
}

void connection::end_sending() {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void connection::limit_unsent(int size) {
    error_code ignored;
    socket_.set_option(unsent_limit(size), ignored);
}

asio::awaitable<void> connection::linger(std::size_t max_size, clock::duration time) {
    error_code error;
    end_sending();
    expires_after(time);
    std::size_t dropped = 0;
    while (!error && dropped <= max_size) {
        buffer_.consume(buffer_.size());
        dropped += co_await read_more(linger_read_size, error);
    }
}

} // namespace docker_run::http
