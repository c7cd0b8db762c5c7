#include "http/request_body.hpp"

#include "http/chunked_decoder.hpp"
#include "http/error.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace docker_run::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t read_size = 65'536;
// The largest unread rest for which a connection is kept. For a longer one, a new connection is cheaper than
// reading the bytes.
constexpr std::uint64_t max_skipped_rest = 65'536;

/// Marks the read as ended on every exit. After that give_way() must not interrupt the connection, which has
/// a response to write.
struct reading_guard {
    const std::shared_ptr<paced_input>& arrival;
    ~reading_guard() {
        if (arrival)
            arrival->end();
    }
};

} // namespace

request_error body_too_large(std::size_t max_size) {
    return {413, "request.body.size", "Request body is larger than " + std::to_string(max_size) + " bytes"};
}

body_gave_way::body_gave_way()
    : request_error(503, "server.overloaded", "Too many bodies are on their way, and this one was late") {}

request_body::request_body(connection& from, const request_head& head, std::chrono::seconds timeout)
    : from_(from), framing_(head.framing), expects_continue_(head.expect == expectation::continue_100),
      timeout_(timeout), state_(state::untouched), left_(framing_.length) {
    if (declared_length() == 0)
        state_ = state::finished;
}

std::optional<std::uint64_t> request_body::declared_length() const {
    return framing_.type == body_framing::kind::chunked ? std::nullopt : std::optional(framing_.length);
}

bool request_body::has_arrived() const {
    return state_ == state::finished ||
           (framing_.type != body_framing::kind::chunked && left_ <= from_.unread().size());
}

const std::shared_ptr<paced_input>& request_body::arrival() {
    if (!arrival_)
        arrival_ = std::make_shared<paced_input>(
            from_.get_executor(),
            [source = from_.weak_from_this()] {
                if (const auto alive = source.lock())
                    alive->expires_within(connection::clock::duration::zero());
            },
            connection::clock::now());
    return arrival_;
}

asio::awaitable<std::string> request_body::read(std::size_t max_size) {
    if (framing_.length > max_size)
        throw body_too_large(max_size);
    if (state_ == state::finished)
        co_return std::string();
    from_.expires_after(timeout_);
    deadline_ = connection::clock::now() + timeout_;
    const reading_guard guard{arrival_};
    if (is_awaited_by_client())
        co_await invite();
    state_ = state::reading;
    std::string body;
    if (framing_.type == body_framing::kind::chunked)
        body = co_await read_chunks(max_size);
    else
        body = co_await read_by_length();
    state_ = state::finished;
    from_.never_expires();
    co_return body;
}

// RFC 9110, 10.1.1: no `100 Continue` once a part of the content has arrived.
bool request_body::is_awaited_by_client() const {
    return expects_continue_ && state_ == state::untouched && from_.unread().empty();
}

asio::awaitable<void> request_body::invite() {
    error_code error;
    co_await from_.write({"HTTP/1.1 100 Continue\r\n\r\n"}, error);
    if (error)
        throw request_error(408, "request.timeout", "The request could not be continued");
}

asio::awaitable<std::string> request_body::read_by_length() {
    std::string body;
    while (left_ > 0) {
        if (from_.unread().empty())
            co_await receive();
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, from_.unread().size()));
        body.append(from_.unread().substr(0, size));
        from_.consume(size);
        left_ -= size;
    }
    co_return body;
}

asio::awaitable<std::string> request_body::read_chunks(std::size_t max_size) {
    std::string body;
    chunked_decoder decoder(max_size);
    while (!decoder.is_done()) {
        if (from_.unread().empty())
            co_await receive();
        from_.consume(decoder.decode(from_.unread(), body));
        if (const auto& fault = decoder.fault())
            throw fault->status == 413 ? body_too_large(max_size) : request_error(*fault);
    }
    co_return body;
}

void request_body::throw_late(connection::clock::time_point now) const {
    if (arrival_->has_given_way())
        throw body_gave_way();
    if (now < deadline_)
        throw request_error(408, "request.timeout", "Request body did not arrive fast enough");
    throw request_error(408, "request.timeout",
                        "Request body did not arrive within " + std::to_string(timeout_.count()) + " s");
}

asio::awaitable<void> request_body::receive() {
    if (arrival()->has_given_way())
        throw body_gave_way();
    from_.expires_after(std::min(deadline_, arrival_->due()) - connection::clock::now());
    error_code error;
    const auto size = co_await from_.read_more(read_size, error);
    const auto now = connection::clock::now();
    arrival_->received(size, now);
    if (error == asio::error::timed_out)
        throw_late(now);
    if (error == asio::error::operation_aborted)
        throw boost::system::system_error(error);
    if (error)
        throw request_error(400, "request.body.framing", "Request body ended before its end");
}

bool request_body::skip_arrived() {
    if (state_ == state::finished)
        return true;
    // A client that got the final response without a 100 may send its body or not. So the next bytes could be
    // either a body or a request.
    if (state_ == state::reading || is_awaited_by_client())
        return false;
    if (framing_.type == body_framing::kind::chunked) {
        std::string dropped;
        chunked_decoder decoder(std::numeric_limits<std::size_t>::max());
        from_.consume(decoder.decode(from_.unread(), dropped));
        state_ = decoder.is_done() ? state::finished : state::reading;
        return decoder.is_done();
    }
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, from_.unread().size()));
    from_.consume(size);
    left_ -= size;
    return left_ <= max_skipped_rest;
}

asio::awaitable<bool> request_body::skip_rest() {
    if (state_ == state::finished)
        co_return true;
    from_.expires_after(timeout_);
    while (left_ > 0) {
        error_code error;
        const std::size_t size = co_await from_.read_more(static_cast<std::size_t>(left_), error);
        if (error)
            co_return false;
        from_.consume(size);
        left_ -= size;
    }
    co_return true;
}

} // namespace docker_run::http
