#pragma once

#include "http/connection.hpp"
#include "http/request_body.hpp"
#include "http/request_head.hpp"
#include "http/response.hpp"
#include "http/trusted_proxies.hpp"

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

/// One request and what its handler can do with it. Lives until the answer is written; used on the
/// connection's strand, where the handler runs.
class exchange {
  public:
    exchange(connection& caller, request_head head, std::chrono::seconds body_timeout,
             const trusted_proxies& proxies);

    exchange(const exchange&) = delete;
    exchange& operator=(const exchange&) = delete;

    const request_head& head() const { return head_; }

    /// The caller's X-Request-Id where is_request_id() takes it, else a fresh one.
    const std::string& request_id() const { return request_id_; }

    /// Who has sent the request, by trusted_proxies::caller.
    const boost::asio::ip::address& peer() const { return peer_; }

    /// The resource that the handler took the target for, a literal of the handler's; empty: none.
    std::string_view route() const { return route_; }
    void set_route(std::string_view route) { route_ = route; }

    /// What Content-Length announces; 0 without a body, nothing where it is chunked.
    std::optional<std::uint64_t> declared_length() const { return body_.declared_length(); }

    /// What others may see of the body while it is read; null where all of it has arrived.
    std::shared_ptr<paced_input> arriving() { return body_.has_arrived() ? nullptr : body_.arrival(); }

    /// request_body::read
    boost::asio::awaitable<std::string> read_body(std::size_t max_size) { return body_.read(max_size); }

    /// Returns when the caller has closed its side, reset the connection or sent more than max_read_ahead
    /// bytes of further requests. The connection is closed after that, whatever the handler answers. To be
    /// called when the body has been read.
    boost::asio::awaitable<void> wait_until_caller_gone();

    /// Whether wait_until_caller_gone() has returned.
    bool is_caller_gone() const { return caller_gone_; }

    /// For the session, which decides about the connection.
    request_body& body() { return body_; }

  private:
    connection& caller_;
    request_head head_;
    std::string request_id_;
    boost::asio::ip::address peer_;
    std::string_view route_;
    request_body body_;
    bool caller_gone_ = false;
};

/// Answers one request. Runs on the connection's strand. A request_error that it throws is answered as it
/// says, any other exception is logged and answered with a 500 `internal`. Cancelled (terminal) by
/// server::cancel_all().
using handler = std::function<boost::asio::awaitable<response>(exchange&)>;

/// An answer that is about to be written, for counting and logging.
struct answered {
    std::string_view request_id;
    std::string_view route; ///< exchange::route; empty where no handler was asked
    unsigned status;
};

/// What a server serves.
struct service {
    handler handle;
    /// Whether a request is answered even beyond max_connections, as health checks are.
    std::function<bool(const request_head&)> is_vital;
    /// Whether a request carries a valid token: its connection is then none of a stranger any more. Asked of
    /// each request until one does.
    std::function<bool(const request_head&)> shows_token;
    /// Hears of every answer, on the strand of its connection.
    std::function<void(const answered&)> on_answer;
};

} // namespace docker_run::http
