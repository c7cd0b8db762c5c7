#include "http/websocket.hpp"

#include "http/websocket_transport.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <utility>

namespace docker_run::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using beast::http::field;
using boost::system::error_code;
using boost::system::system_error;
using namespace std::chrono_literals;

namespace {

constexpr auto close_timeout = 2s;
/// A caller may hang up while nothing is read. Its run must end within a second.
constexpr auto hang_up_interval = 250ms;
/// Memory for a message grows with the bytes that arrive, by this much at most, and not with the length that
/// the caller announces.
constexpr std::size_t piece_size = 65'536;
/// More than that may not wait in the kernel for a slow caller. A ping must not wait for megabytes.
constexpr int max_unsent = 65'536;

/// The parts of a request that Beast looks at. The head has passed asks_for_websocket().
beast::http::request<beast::http::empty_body> handshake_of(const request_head& head) {
    beast::http::request<beast::http::empty_body> request(beast::http::verb::get, "/", 11);
    request.set(field::host, head.fields[field::host]);
    request.set(field::connection, "upgrade");
    request.set(field::upgrade, "websocket");
    request.set(field::sec_websocket_version, "13");
    request.set(field::sec_websocket_key, head.fields[field::sec_websocket_key]);
    return request;
}

} // namespace

/// Without the extension for compression.
struct websocket::beast_stream : beast::websocket::stream<websocket_transport, false> {
    using stream::stream;
};

websocket::websocket(std::shared_ptr<connection> caller, const websocket_limits& limits)
    : caller_(std::move(caller)), limits_(limits), stream_(std::make_unique<beast_stream>(*caller_)) {
    stream_->read_message_max(limits_.max_message_size);
    stream_->auto_fragment(false);
    stream_->text(true);
    stream_->control_callback(
        [this](beast::websocket::frame_type, beast::string_view) { is_pong_due_ = false; });
}

websocket::~websocket() {
    caller_->cancel();
}

asio::awaitable<void> websocket::accept(const request_head& head, const header_fields& fields) {
    stream_->set_option(
        beast::websocket::stream_base::decorator([fields](beast::websocket::response_type& answer) {
            for (const auto& [name, value] : fields)
                answer.set(name, value);
        }));
    const auto request = handshake_of(head);
    error_code error;
    caller_->expires_after(limits_.write_timeout);
    co_await stream_->async_accept(request, asio::redirect_error(asio::use_awaitable, error));
    caller_->never_expires();
    if (error) {
        end(error);
        throw system_error(error);
    }
    caller_->limit_unsent(max_unsent);
    caller_->release_all_memory();
    state_ = state::open;
    set_ping_alarm();
    watch_for_hang_up();
}

asio::awaitable<std::optional<websocket_message>> websocket::receive(clock::time_point deadline) {
    if (is_open() && !is_reading_ && !has_message_)
        begin_read();
    co_await news_.wait(deadline);
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none)
        throw system_error(asio::error::operation_aborted);
    if (!std::exchange(has_message_, false))
        co_return std::nullopt;
    if (is_open())
        news_.reset();
    websocket_message message{stream_->got_text(), beast::buffers_to_string(incoming_.data())};
    incoming_.consume(incoming_.size());
    incoming_.shrink_to_fit();
    co_return message;
}

void websocket::begin_read() {
    is_reading_ = true;
    hang_up_alarm_.cancel();
    stream_->async_read_some(incoming_, piece_size,
                             [weak = weak_from_this()](const error_code& error, std::size_t) {
                                 if (const auto self = weak.lock())
                                     self->read_ended(error);
                             });
}

void websocket::read_ended(const error_code& error) {
    is_reading_ = false;
    is_pong_due_ = false;
    if (error)
        return end(error);
    if (!is_open())
        return;
    if (!stream_->is_message_done())
        return begin_read();
    has_message_ = true;
    news_.set();
    watch_for_hang_up();
}

void websocket::watch_for_hang_up() {
    hang_up_alarm_.set(caller_->get_executor(), hang_up_interval, [this] {
        if (caller_->has_hung_up())
            give_up(asio::error::eof);
        else
            watch_for_hang_up();
    });
}

asio::awaitable<void> websocket::send(std::string text) {
    while (is_writing_) {
        const bool is_written = co_await written_.wait(clock::time_point::max());
        if (!is_written)
            throw system_error(asio::error::operation_aborted);
    }
    if (!is_open())
        throw system_error(end_reason_ ? end_reason_ : asio::error::operation_aborted);
    begin_write(std::move(text));
    const bool is_written = co_await written_.wait(clock::time_point::max());
    if (!is_written)
        throw system_error(asio::error::operation_aborted);
    if (state_ == state::closed)
        throw system_error(end_reason_);
}

void websocket::begin_write(std::string text) {
    outgoing_ = std::move(text);
    is_writing_ = true;
    written_.reset();
    caller_->expires_after(limits_.write_timeout);
    stream_->async_write(asio::buffer(outgoing_),
                         [weak = weak_from_this()](const error_code& error, std::size_t) {
                             if (const auto self = weak.lock())
                                 self->write_ended(error);
                         });
}

void websocket::write_ended(const error_code& error) {
    is_writing_ = false;
    outgoing_ = std::string();
    error_code reason = error;
    caller_->report_expiry(reason);
    caller_->never_expires();
    if (reason)
        end(reason);
    written_.set();
}

asio::awaitable<void> websocket::close(close_code code) {
    while (is_writing_)
        co_await written_.wait(clock::time_point::max());
    if (!is_open())
        co_return;
    state_ = state::closing;
    caller_->expires_after(close_timeout);
    const beast::websocket::close_reason reason(static_cast<std::uint16_t>(code));
    error_code error;
    co_await stream_->async_close(reason, asio::redirect_error(asio::use_awaitable, error));
    end(error ? error : beast::websocket::error::closed);
}

asio::awaitable<void> websocket::wait_until_closed() {
    co_await closed_.wait(clock::time_point::max());
}

void websocket::set_ping_alarm() {
    ping_alarm_.set(caller_->get_executor(), limits_.ping_interval, [this] { ping(); });
}

/// A pong cannot arrive while nothing is read. It cannot be expected while the caller takes messages slowly.
void websocket::ping() {
    if (!is_open())
        return;
    if (!is_reading_ || is_writing_ || is_pinging_) {
        is_pong_due_ = false;
        return set_ping_alarm();
    }
    if (is_pong_due_)
        return give_up(asio::error::timed_out);
    is_pong_due_ = true;
    is_pinging_ = true;
    stream_->async_ping({}, [weak = weak_from_this()](const error_code&) {
        if (const auto self = weak.lock())
            self->is_pinging_ = false;
    });
    set_ping_alarm();
}

void websocket::give_up(const error_code& reason) {
    end(reason);
    caller_->hang_up();
}

void websocket::end(const error_code& reason) {
    if (state_ == state::closed)
        return;
    state_ = state::closed;
    end_reason_ = reason;
    ping_alarm_.cancel();
    hang_up_alarm_.cancel();
    news_.set();
    closed_.set();
}

} // namespace docker_run::http
