#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

namespace docker_run::http {

/// How much may arrive on a connection while its request is worked on; a caller that sends more is taken for
/// gone.
inline constexpr std::size_t max_read_ahead = 65536;

/// One accepted TCP connection: its socket, the bytes that were read and not used yet, and one deadline for
/// whatever is awaited on it. Unlike beast::basic_stream it does not close the socket when the deadline
/// passes, so that a 408 can still be sent.
///
/// Used on the socket's executor only, which has to be a strand. Shared because the deadline's timer may have
/// fired already, its callback still queued, when the session ends.
class connection : public std::enable_shared_from_this<connection> {
  public:
    using clock = std::chrono::steady_clock;

    explicit connection(boost::asio::ip::tcp::socket socket);

    boost::asio::any_io_executor get_executor() { return socket_.get_executor(); }

    /// Who is at the other end, as plain_address() has it; 0.0.0.0 where the socket cannot say.
    const boost::asio::ip::address& peer() const { return peer_; }

    /// Sets the deadline of this and every further read and write, until it is set again.
    void expires_after(clock::duration time);
    /// Moves the deadline forward to `time` from now; a nearer one stays.
    void expires_within(clock::duration time);
    void never_expires();

    /// The bytes that were read and not consumed; valid until the next read.
    std::string_view unread() const;
    void consume(std::size_t size) { buffer_.consume(size); }
    /// Whether the kernel holds bytes, or the end of the stream, that were not read yet.
    bool has_input();
    /// Gives back the memory that a large request needed; to be called when the connection goes idle.
    void release_memory();

    /// Appends at most `max_size` bytes to unread() and returns how many, at least one. Otherwise 0 and
    /// `error`: eof, timed_out, operation_aborted after a cancellation, or what the socket says.
    boost::asio::awaitable<std::size_t> read_more(std::size_t max_size, boost::system::error_code& error);

    /// Writes both parts in one go. `error` as above.
    boost::asio::awaitable<void> write(std::string_view head, std::string_view body,
                                       boost::system::error_code& error);

    /// Reads ahead until the caller has closed or reset the connection or has sent more than max_read_ahead
    /// bytes. Loses no byte when it is cancelled. Not bound by the deadline.
    boost::asio::awaitable<void> wait_until_gone();

    /// Ends both directions: whatever is awaited or begun on it from now on fails, and the caller sees the
    /// end.
    void hang_up();

    /// Ends the sending direction, then reads and drops what still comes, until the caller closes too,
    /// `max_size` bytes came or `time` is over. A close with unread bytes would reset the connection, and the
    /// reset can overtake the answer (RFC 9112, 9.6).
    boost::asio::awaitable<void> linger(std::size_t max_size, clock::duration time);

  private:
    void arm();
    void on_timer();
    bool is_expired() const { return clock::now() >= deadline_; }
    void report_expiry(boost::system::error_code& error) const;

    boost::asio::ip::tcp::socket socket_;
    boost::asio::ip::address peer_;
    boost::asio::steady_timer timer_;
    clock::time_point deadline_ = clock::time_point::max();
    clock::time_point armed_for_ =
        clock::time_point::max(); // when the timer fires; never later than the deadline
    boost::beast::flat_buffer buffer_;
};

} // namespace docker_run::http
