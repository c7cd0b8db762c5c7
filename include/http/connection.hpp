#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

namespace docker_run::http {

/// How many bytes may arrive on a connection while its request is handled. A caller that sends more is
/// treated as gone.
inline constexpr std::size_t max_read_ahead = 65536;

/// One accepted TCP connection: its socket, the bytes that were read but not used yet, and one deadline for
/// every wait on it. Unlike beast::basic_stream it does not close the socket when the deadline passes, so
/// that a 408 can still be sent.
///
/// Use it only on the socket's executor, which must be a strand. Shared ownership, because the callback of
/// the deadline's timer may still be queued when the session ends.
class connection : public std::enable_shared_from_this<connection> {
  public:
    using clock = std::chrono::steady_clock;

    explicit connection(boost::asio::ip::tcp::socket socket);

    boost::asio::any_io_executor get_executor() { return socket_.get_executor(); }

    /// The address of the other end, by plain_address(); 0.0.0.0 if the socket does not know it.
    const boost::asio::ip::address& peer() const { return peer_; }

    /// Sets the deadline of the current read or write and all later ones, until it is set again.
    void expires_after(clock::duration time);
    /// Moves the deadline to `time` from now, unless it is already earlier.
    void expires_within(clock::duration time);
    void never_expires();
    /// No deadline is later than `time` from now, whatever is set afterwards.
    void ends_within(clock::duration time);
    /// Replaces the error of an operation that the deadline has cancelled by timed_out.
    void report_expiry(boost::system::error_code& error) const;

    /// The bytes that were read but not consumed. Valid until the next read.
    std::string_view unread() const;
    void consume(std::size_t size) { buffer_.consume(size); }
    /// Whether the kernel holds unread bytes or an unread end of the stream.
    bool has_input();
    /// Frees the memory that a large request needed. Call it when the connection becomes idle.
    void release_memory();
    /// Frees all memory for input, unless some is unread. Call it when another protocol reads from now on.
    void release_all_memory();

    /// Appends at most `max_size` bytes to unread() and returns how many, at least one. On failure returns 0
    /// and sets `error`: eof, timed_out, operation_aborted after a cancellation, or the error of the socket.
    boost::asio::awaitable<std::size_t> read_more(std::size_t max_size, boost::system::error_code& error);

    /// Writes the parts, which may be empty, in one operation. `error` as for read_more().
    boost::asio::awaitable<void> write(std::array<std::string_view, 3> parts,
                                       boost::system::error_code& error);

    /// Writes as much of the parts as the kernel takes now, waiting until that is at least one byte. Returns
    /// how much that was. `error` as for read_more().
    boost::asio::awaitable<std::size_t> write_some(std::array<std::string_view, 3> parts,
                                                   boost::system::error_code& error);

    /// Reads ahead until the caller has closed or reset the connection or has sent more than max_read_ahead
    /// bytes. Loses no byte when it is cancelled. The deadline does not apply.
    boost::asio::awaitable<void> wait_until_gone();

    /// Shuts down both directions. Every current and later operation on the connection fails, and the caller
    /// sees the end of the stream.
    void hang_up();
    /// Whether the caller has closed its side or reset the connection, even if bytes before that are unread.
    bool has_hung_up();

    // For a protocol that takes the connection over.

    boost::asio::ip::tcp::socket& socket() { return socket_; }
    /// Ends every read and write with operation_aborted.
    void cancel();
    /// Shuts down the sending direction.
    void end_sending();
    /// Lets a write wait while the kernel holds more than about `size` bytes that it could not send yet.
    void limit_unsent(int size);

    /// Shuts down the sending direction, then reads and drops input until the caller closes too, `max_size`
    /// bytes have arrived or `time` is over. A close with unread bytes would reset the connection, and the
    /// reset can overtake the response (RFC 9112, 9.6).
    boost::asio::awaitable<void> linger(std::size_t max_size, clock::duration time);

  private:
    void arm();
    void on_timer();
    void set_deadline(clock::time_point time);
    bool is_expired() const { return clock::now() >= deadline_; }

    boost::asio::ip::tcp::socket socket_;
    boost::asio::ip::address peer_;
    boost::asio::steady_timer timer_;
    clock::time_point deadline_ = clock::time_point::max();
    clock::time_point last_deadline_ = clock::time_point::max(); // see ends_within()
    clock::time_point armed_for_ =
        clock::time_point::max(); // when the timer fires; never later than the deadline
    boost::beast::flat_buffer buffer_;
};

} // namespace docker_run::http
