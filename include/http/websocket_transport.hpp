#pragma once

#include "http/connection.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <utility>

namespace docker_run::http {

/// A connection as Beast's WebSocket stream reads and writes it (Beast's concept AsyncStream). Begins with
/// the bytes that were read after the request's head. The deadline of the connection holds.
class websocket_transport {
  public:
    using executor_type = boost::asio::any_io_executor;

    /// `caller` must outlive it.
    explicit websocket_transport(connection& caller) : caller_(caller) {}

    executor_type get_executor() { return caller_.get_executor(); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& space, Token&& token) {
        return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto on_end, const Buffers& into) {
                const auto unread = caller_.unread();
                if (unread.empty()) {
                    caller_.socket().async_read_some(into, std::move(on_end));
                    return;
                }
                const auto size = boost::asio::buffer_copy(into, boost::asio::buffer(unread));
                caller_.consume(size);
                boost::asio::post(get_executor(), boost::beast::bind_front_handler(
                                                      std::move(on_end), boost::system::error_code(), size));
            },
            token, space);
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& bytes, Token&& token) {
        return caller_.socket().async_write_some(bytes, std::forward<Token>(token));
    }

    // Beast finds these two by their argument.

    /// Called when the stream is given up.
    friend void beast_close_socket(websocket_transport& transport) { transport.caller_.hang_up(); }

    /// Called after the closing handshake. The session waits for the caller's end of the connection.
    template <class Handler>
    friend void async_teardown(boost::beast::role_type, websocket_transport& transport, Handler&& on_end) {
        transport.caller_.end_sending();
        boost::asio::post(
            transport.get_executor(),
            boost::beast::bind_front_handler(std::forward<Handler>(on_end), boost::system::error_code()));
    }

  private:
    connection& caller_;
};

} // namespace docker_run::http
