#pragma once

#include "async/io_context_pool.hpp"
#include "http/exchange.hpp"
#include "http/server_settings.hpp"
#include "http/session.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace docker_run::http {

/// The HTTP server: one listening socket, a session for every connection, no route. Accepts on the main
/// thread and spreads the sessions over all. Must live until the threads have ended. On the way down call
/// stop_accepting(), drain(), await wait_until_closed().
class server {
  public:
    /// `log` must outlive the server. Of `settings` it uses the listen address, reuse_port, the limits of
    /// connections, trusted_proxies, max_body_size and the timeouts.
    server(io_context_pool& threads, server_settings settings, service served, const logger& log);

    server(const server&) = delete;
    server& operator=(const server&) = delete;

    /// Binds settings.listen_address (an IP address, or a host name: then the first of its addresses that can
    /// be bound; the resolver's own time limits hold; port 0 takes a free one) and begins to accept. Throws
    /// system_error naming address and port. Called once, as is adopt(), before the threads run or on
    /// the main one.
    void listen();

    /// Accepts on a socket that listens already (socket activation). Owns `descriptor` from here on.
    void adopt(int descriptor);

    /// Where it listens.
    boost::asio::ip::tcp::endpoint endpoint() const { return endpoint_; }

    /// How many connections are open. Thread-safe.
    std::size_t connections() const { return environment_->registry.size(); }
    /// How many connections without a valid token were closed because others needed their places.
    /// Thread-safe.
    std::size_t displaced_connections() const { return environment_->registry.displaced(); }

    /// Accepts what is in the queue, then closes the listening socket. Thread-safe; further calls do nothing.
    void stop_accepting();

    /// Closes idle connections; every later answer carries `Connection: close`. Thread-safe.
    void drain();

    /// Cancels what every session awaits, handlers included, and stops accepting: all sessions end within two
    /// seconds if the handlers do. Thread-safe.
    void cancel_all();

    /// Returns when accepting has ended and the last session is gone. One waiter at a time.
    boost::asio::awaitable<void> wait_until_closed() { return environment_->registry.wait_until_empty(); }

  private:
    using tcp = boost::asio::ip::tcp;

    boost::system::error_code listen_on(const tcp::endpoint& wanted);
    void begin_accepting();
    boost::asio::awaitable<void> accept_all();
    bool is_crowded() const;
    boost::asio::awaitable<void> pause(std::chrono::milliseconds time);
    void accept_queued();

    io_context_pool& threads_;
    std::shared_ptr<session_environment> environment_; // shared with every session
    // Everything below is used on the main thread once accepting began.
    tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    tcp::endpoint endpoint_;
    bool stopping_ = false;
};

} // namespace docker_run::http
