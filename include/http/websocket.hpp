#pragma once

#include "async/alarm_clock.hpp"
#include "async/event.hpp"
#include "http/connection.hpp"
#include "http/request_head.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace docker_run::http {

/// Why a WebSocket is closed (RFC 6455, 7.4.1).
enum class close_code : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    policy_violation = 1008,
    internal_error = 1011
};

struct websocket_limits {
    std::size_t max_message_size;            ///< bytes; a longer message closes the connection with 1009
    std::chrono::seconds write_timeout;      ///< for the caller to take one message
    std::chrono::milliseconds ping_interval; ///< a caller that does not answer a ping within it is gone
};

struct websocket_message {
    bool is_text; ///< then the content is valid UTF-8
    std::string content;

    /// The content of a text message; empty for a binary one. Valid as long as the message.
    std::string_view text() const { return is_text ? std::string_view(content) : std::string_view(); }
};

/// A WebSocket (RFC 6455) on the connection of a request. Answers pings and the close of the caller, and
/// pings the caller itself. Refuses compression, since a context for it takes more memory than an idle
/// connection.
///
/// Reading and writing belong to this object and not to the coroutine that waits: a cancelled wait loses
/// nothing, and the connection can still be closed in order. Use it on the connection's strand.
class websocket : public std::enable_shared_from_this<websocket> {
  public:
    using clock = std::chrono::steady_clock;
    using header_fields = std::vector<std::pair<std::string, std::string>>;

    websocket(std::shared_ptr<connection> caller, const websocket_limits& limits);
    websocket(const websocket&) = delete;
    websocket& operator=(const websocket&) = delete;
    /// Ends every operation on the connection, which stays open.
    ~websocket();

    /// Sends the 101 with `fields`. `head` must pass asks_for_websocket(). Call it once, before anything
    /// else. Throws system_error if the caller is gone.
    boost::asio::awaitable<void> accept(const request_head& head, const header_fields& fields);

    /// Waits for the next message. Returns nothing if `deadline` passed first or the WebSocket was closed.
    /// Nothing is read from the caller between two calls. One call at a time. Throws system_error if it is
    /// cancelled.
    boost::asio::awaitable<std::optional<websocket_message>> receive(clock::time_point deadline);

    /// Sends a text message: valid UTF-8. Returns when the kernel has taken all of it. Several calls are
    /// served one after the other. Throws system_error if the WebSocket is closed or the caller does not
    /// take the message in time.
    boost::asio::awaitable<void> send(std::string text);

    /// Closes with that code and waits for the caller's answer, for a short time. Has no effect if it is
    /// closed already.
    boost::asio::awaitable<void> close(close_code code);

    /// Returns when the WebSocket is closed or the caller is gone, or when the coroutine is cancelled.
    boost::asio::awaitable<void> wait_until_closed();
    bool is_open() const { return state_ == state::open; }

  private:
    struct beast_stream;
    enum class state : std::uint8_t { opening, open, closing, closed };

    void begin_read();
    void read_ended(const boost::system::error_code& error);
    void begin_write(std::string text);
    void write_ended(const boost::system::error_code& error);
    void watch_for_hang_up();
    void set_ping_alarm();
    void ping();
    void give_up(const boost::system::error_code& reason);
    void end(const boost::system::error_code& reason);

    std::shared_ptr<connection> caller_;
    websocket_limits limits_;
    std::unique_ptr<beast_stream> stream_;
    state state_ = state::opening;
    boost::system::error_code end_reason_; // once it is closed
    event closed_;

    boost::beast::flat_buffer incoming_; // the message that is being read, or the next one for receive()
    bool is_reading_ = false;
    bool has_message_ = false;
    event news_; // there is a message, or the end

    std::string outgoing_;
    bool is_writing_ = false;
    event written_;

    bool is_pinging_ = false;  // the ping is being sent
    bool is_pong_due_ = false; // nothing has arrived since the last ping
    alarm_clock ping_alarm_;
    alarm_clock hang_up_alarm_; // set while nothing is read
};

} // namespace docker_run::http
