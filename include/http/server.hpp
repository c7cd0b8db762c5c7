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

/// The HTTP server: one listening socket, a session for every connection, no routes. Accepts on the main
/// thread and spreads the sessions over all threads. Must live until the threads have ended. To shut it down,
/// call stop_accepting() and drain(), then await wait_until_closed().
class server {
  public:
    /// `log` must outlive the server. It uses these `settings`: the listen address, reuse_port, the
    /// connection limits, trusted_proxies, max_body_size and the timeouts.
    server(io_context_pool& threads, server_settings settings, service served, const logger& log);

    server(const server&) = delete;
    server& operator=(const server&) = delete;

    /// Binds settings.listen_address (an IP address or a host name; of a name, the first address that can be
    /// bound, within the resolver's own time limits; port 0 takes a free port) and starts to accept. Throws
    /// system_error with address and port in its text. Call listen() or adopt() once, before the threads run
    /// or on the main thread.
    void listen();

    /// Accepts on a socket that already listens (socket activation). Takes ownership of `descriptor`. Throws
    /// system_error.
    void adopt(int descriptor);

    /// The address and port on which it listens.
    boost::asio::ip::tcp::endpoint endpoint() const { return endpoint_; }

    /// How many connections are open. Thread-safe.
    std::size_t connections() const { return environment_->registry.size(); }
    /// How many connections without a valid token were closed because others needed their places.
    /// Thread-safe.
    std::size_t displaced_connections() const { return environment_->registry.displaced(); }

    /// Accepts the connections in the kernel's queue, then closes the listening socket. Thread-safe. Further
    /// calls do nothing.
    void stop_accepting();

    /// Closes idle connections. Every later response carries `Connection: close`. Thread-safe.
    void drain();

    /// Cancels the waits of all sessions, including their handlers, and stops accepting. All sessions end
    /// within two seconds if their handlers do. Thread-safe.
    void cancel_all();

    /// Returns when accepting has ended and the last session is gone.
    boost::asio::awaitable<void> wait_until_closed() { return environment_->registry.wait_until_empty(); }

  private:
    using tcp = boost::asio::ip::tcp;

    boost::system::error_code listen_on(const tcp::endpoint& endpoint);
    void begin_accepting();
    boost::asio::awaitable<void> accept_all();
    bool is_crowded() const;
    boost::asio::awaitable<void> pause(std::chrono::milliseconds time);
    void accept_queued();

    io_context_pool& threads_;
    std::shared_ptr<session_environment> environment_; // shared with every session
    // Members below are used only on the main thread after accepting has started.
    tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    tcp::endpoint endpoint_;
    bool stopping_ = false;
};

} // namespace docker_run::http
