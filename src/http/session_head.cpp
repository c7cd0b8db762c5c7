// How a session waits for the head of its next request, and reads it.

#include "http/session.hpp"

#include <boost/asio/error.hpp>

#include <utility>

namespace docker_run::http {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t head_read_size = 4096;
// A caller without a place gets its 503 only if it sends its request within this time, so that the few places
// for this become free fast.
constexpr std::chrono::seconds refused_header_timeout = 2s;

constexpr refusal late_head{408, "request.timeout", "Request head did not arrive in time"};
constexpr refusal bad_head{400, "request.head", "Request head is malformed"};
constexpr refusal cut_head{400, "request.head", "Request head ended before its end"};

} // namespace

// Returns nothing if the connection is to be closed without a response: no byte of a request has arrived.
asio::awaitable<std::optional<session::received>> session::receive_head() {
    if (is_aborting())
        co_return std::nullopt;
    begin_waiting();
    head_gate gate;
    auto verdict = check_head(gate);
    while (!verdict) {
        error_code error;
        co_await connection_->read_more(head_read_size, error);
        if (error)
            co_return end_of_input(error);
        const bool is_first_byte = activity_ == activity::waiting;
        activity_ = activity::receiving;
        verdict = check_head(gate);
        if (!verdict && is_first_byte && !is_fresh_)
            connection_->expires_after(environment_->settings.header_timeout);
    }
    connection_->never_expires();
    co_return verdict;
}

void session::begin_waiting() {
    const server_settings& settings = environment_->settings;
    activity_ = connection_->unread().empty() ? activity::waiting : activity::receiving;
    const bool is_idle = activity_ == activity::waiting && !is_fresh_;
    connection_->expires_after(is_idle ? settings.idle_timeout : settings.header_timeout);
    if (admission_ == admission::refused)
        connection_->expires_within(refused_header_timeout);
    // The phase may have changed before this session was waiting.
    if (environment_->registry.phase() != server_phase::serving)
        drain();
}

std::optional<session::received> session::check_head(head_gate& gate) {
    const std::string_view bytes = connection_->unread();
    const head_verdict verdict = gate.inspect(bytes);
    if (const auto* reason = std::get_if<refusal>(&verdict))
        return *reason;
    const auto* accepted = std::get_if<accepted_head>(&verdict);
    if (accepted == nullptr)
        return std::nullopt;
    auto head = parse_head(bytes.substr(accepted->offset, accepted->size), *accepted);
    if (!head)
        return bad_head;
    connection_->consume(accepted->offset + accepted->size);
    return std::move(*head);
}

std::optional<session::received> session::end_of_input(const error_code& error) const {
    if (connection_->unread().empty())
        return std::nullopt;
    if (error == asio::error::timed_out)
        return late_head;
    return error == asio::error::eof ? std::optional<received>(cut_head) : std::nullopt;
}

} // namespace docker_run::http
