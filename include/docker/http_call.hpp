#pragma once

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

/// One request to the engine, and how long and how large the whole exchange may be.
struct http_call {
    http_call(boost::beast::http::verb request_method, std::string request_target)
        : method(request_method), target(std::move(request_target)) {}

    boost::beast::http::verb method;
    std::string target;
    std::string body; ///< JSON, or empty
    std::chrono::steady_clock::time_point deadline;
    std::chrono::steady_clock::time_point write_deadline; ///< for connecting and sending
    std::size_t max_answer_bytes = 1024 * 1024;
};

struct http_answer {
    unsigned status = 0;
    boost::beast::http::fields fields;
    std::string body;
};

/// A connection that is a raw stream from the end of the answer's head on.
struct raw_stream {
    unix_stream stream;
    std::string early_bytes; ///< what came in one segment with the head
};

/// Does the exchange on a connection of its own. Any complete HTTP answer is returned, whatever its status;
/// interim answers (1xx) are passed over. Throws engine_error: unreachable, timeout, broken (cut, oversized,
/// not HTTP).
boost::asio::awaitable<http_answer> exchange(std::string socket_path, http_call call);

/// The same, asking for an upgrade of the connection, as attach does. Throws engine_error(refused) with the
/// engine's words when the answer is neither 101 nor 200.
boost::asio::awaitable<raw_stream> upgrade(std::string socket_path, http_call call);

/// An answer without an end, whose body is read piece by piece. Throws like exchange().
class answer_stream {
  public:
    static boost::asio::awaitable<answer_stream> open(std::string socket_path, http_call call);

    /// The next bytes of the body, however long they take; empty at its end. Throws engine_error(broken).
    boost::asio::awaitable<std::string> read_some();

  private:
    struct state; ///< Beast's parser, which cannot be moved
    explicit answer_stream(std::shared_ptr<state> opened) : state_(std::move(opened)) {}

    std::shared_ptr<state> state_; ///< shared only because the type is incomplete here
};

/// What the engine says in a refusal: the `message` of its JSON, else the text as it is; at most 2 KiB.
std::string refusal_message(const http_answer& answer);

} // namespace docker_run::docker
