#pragma once

#include "docker/idle_connections.hpp"
#include "docker/unix_stream.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/verb.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace docker_run::docker {

/// One request to the engine, with the time and size limits of the whole exchange.
struct http_call {
    http_call(boost::beast::http::verb request_method, std::string request_target)
        : method(request_method), target(std::move(request_target)) {}

    boost::beast::http::verb method;
    std::string target;
    std::string body; ///< JSON, or empty
    std::chrono::steady_clock::time_point deadline;
    std::chrono::steady_clock::time_point write_deadline; ///< for connecting and sending
    std::size_t max_response_bytes = 1024 * 1024;
};

struct http_response {
    unsigned status = 0;
    boost::beast::http::fields fields;
    std::string body;
};

/// A connection that has become a raw stream after the head of the response.
struct raw_stream {
    unix_stream stream;
    std::string early_bytes; ///< bytes that arrived together with the head
};

/// Sends the request and returns the response. Any complete HTTP response is returned, with any status;
/// interim responses (1xx) are skipped. Uses a connection of `kept`, which must outlive the call, or a new
/// one, and keeps it afterwards if the engine does. If the engine has closed a kept connection and cannot
/// have carried out the request, or if carrying it out twice makes no difference, the request is sent again
/// on a new one. Throws engine_error: unreachable, timeout, broken (cut, oversized, not HTTP).
boost::asio::awaitable<http_response> send_request(idle_connections& kept, std::string socket_path,
                                                   http_call call);

/// The same on a connection of its own, but asks for an upgrade of the connection, as attach needs it. Throws
/// engine_error(refused) with the engine's message if the status is neither 101 nor 200.
boost::asio::awaitable<raw_stream> upgrade(std::string socket_path, http_call call);

/// A response without an end, whose body is read in pieces. Throws like send_request().
class response_reader {
  public:
    static boost::asio::awaitable<response_reader> open(std::string socket_path, http_call call);

    /// Waits for the next bytes of the body, without a time limit. Empty at its end. Throws
    /// engine_error(broken).
    boost::asio::awaitable<std::string> read_some();

  private:
    struct state; ///< Beast's parser, which cannot be moved
    explicit response_reader(std::shared_ptr<state> opened) : state_(std::move(opened)) {}

    std::shared_ptr<state> state_; ///< shared only because the type is incomplete here
};

/// The engine's message in a refusal: the `message` of its JSON, otherwise the whole text; at most 2 KiB.
std::string refusal_message(const http_response& response);

} // namespace docker_run::docker
