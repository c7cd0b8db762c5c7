#pragma once

#include "async/event.hpp"
#include "http/connection.hpp"
#include "http/request_body.hpp"
#include "http/request_head.hpp"
#include "http/response.hpp"
#include "http/response_stream.hpp"
#include "http/server_settings.hpp"
#include "http/trusted_proxies.hpp"
#include "http/websocket.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace docker_run::http {

/// The parts of a session that the requests of its connection use.
struct session_parts {
    connection& caller;
    const server_settings& settings;
    const trusted_proxies& proxies;
    event& draining; ///< set when the server begins to shut down
};

/// One request, with the operations that its handler needs. Lives until the response is written. Used on the
/// connection's strand, where the handler runs.
class exchange {
  public:
    /// `make_head`: for a response that is sent in pieces. `on_upgrade`: called before a 101 is sent.
    exchange(const session_parts& session, request_head head, response_stream::head_maker make_head,
             std::function<void()> on_upgrade);

    exchange(const exchange&) = delete;
    exchange& operator=(const exchange&) = delete;

    const request_head& head() const { return head_; }

    /// The caller's X-Request-Id if is_request_id() accepts it, otherwise a new id.
    const std::string& request_id() const { return request_id_; }

    /// The address of the caller, by trusted_proxies::caller.
    const boost::asio::ip::address& peer() const { return peer_; }

    /// The resource that the handler recognised in the target, a literal of the handler. Empty: none.
    std::string_view route() const { return route_; }
    void set_route(std::string_view route) { route_ = route; }

    /// The length that Content-Length announces; 0 without a body, nothing if it is chunked.
    std::optional<std::uint64_t> declared_length() const { return body_.declared_length(); }

    /// The body as others may see it while it is read; null if all of it has arrived.
    std::shared_ptr<paced_input> arriving() { return body_.has_arrived() ? nullptr : body_.arrival(); }

    /// See request_body::read().
    boost::asio::awaitable<std::string> read_body(std::size_t max_size) { return body_.read(max_size); }

    /// Returns when the caller has closed its side, reset the connection or sent more than max_read_ahead
    /// bytes of further requests. The connection is then closed, even if the handler returns a response. Call
    /// it after the body has been read.
    boost::asio::awaitable<void> wait_until_caller_gone();

    /// Whether wait_until_caller_gone() has returned.
    bool is_caller_gone() const { return caller_gone_; }

    /// For a response that is sent while the handler runs.
    response_stream& stream() { return stream_; }

    /// Accepts the WebSocket that the request asks for by asks_for_websocket(), with one of the subprotocols
    /// that it offers. The handler's response is then not sent. The handler should close the WebSocket; if it
    /// does not, the session closes it with 1011. Throws system_error if the caller is gone.
    boost::asio::awaitable<std::shared_ptr<websocket>> accept_websocket(std::string_view subprotocol);

    /// The WebSocket that was accepted; null: none.
    const std::shared_ptr<websocket>& upgraded() const { return websocket_; }

    /// Returns when the server begins to shut down, or when the coroutine is cancelled.
    boost::asio::awaitable<void> wait_until_draining();
    bool is_draining() const { return session_.draining.is_set(); }

    /// For the session, which decides whether to keep the connection.
    request_body& body() { return body_; }

  private:
    session_parts session_;
    request_head head_;
    std::string request_id_;
    boost::asio::ip::address peer_;
    std::string_view route_;
    request_body body_;
    response_stream stream_;
    std::function<void()> on_upgrade_;
    std::shared_ptr<websocket> websocket_;
    bool caller_gone_ = false;
};

/// Answers one request, by the response that it returns or by exchange::stream(). Runs on the connection's
/// strand. If it throws a request_error, the response is made from that. Any other exception is logged and
/// answered with a 500 `internal`. Cancelled (terminal) by server::cancel_all().
using handler = std::function<boost::asio::awaitable<response>(exchange&)>;

/// A response that is about to be written, for counting and logging.
struct response_facts {
    std::string_view request_id;
    std::string_view route; ///< exchange::route; empty if no handler was asked
    unsigned status;
};

/// The service that a server offers.
struct service {
    handler handle;
    /// Whether a request is handled even beyond max_connections, like a health check.
    std::function<bool(const request_head&)> is_vital;
    /// Whether a request carries a valid token. If so, the caller of the connection is no longer a stranger.
    /// Called for each request until one carries a token.
    std::function<bool(const request_head&)> shows_token;
    /// Called for every response, on the strand of its connection.
    std::function<void(const response_facts&)> on_response;
};

} // namespace docker_run::http
