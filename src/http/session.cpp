#include "http/session.hpp"

#include "http/request_id.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace docker_run::http {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;

namespace {

// The precision of the time of a stranger's last request. It keeps a flood of requests from locking the
// registry for each of them.
constexpr std::chrono::seconds renewal_interval = 1s;
// How long an accepted connection that has sent nothing stays open when draining begins.
constexpr std::chrono::seconds fresh_drain_time = 1s;
// How long an aborted session may take for its response and its close. It must end within two seconds.
constexpr std::chrono::seconds abort_time = 1s;
constexpr std::chrono::milliseconds linger_time = 2s;
constexpr std::size_t linger_margin = 1'048'576;
constexpr unsigned switching_protocols = 101;

response overloaded() {
    response message = error_response(503, "server.overloaded", "Too many connections");
    message.fields.emplace_back("Retry-After", "1");
    message.close = true;
    return message;
}

} // namespace

session_environment::session_environment(server_settings server, service offered, const logger& events)
    : settings(std::move(server)), proxies(settings.trusted_proxies), served(std::move(offered)), log(events),
      registry({settings.max_connections, settings.max_connections_per_address}) {}

session::session(asio::ip::tcp::socket socket, std::shared_ptr<session_environment> environment)
    : environment_(std::move(environment)), connection_(std::make_shared<connection>(std::move(socket))) {}

void session::start() {
    const bool has_place = environment_->registry.add(shared_from_this(), limited_address());
    admission_ = has_place ? admission::served : admission::refused;
    asio::dispatch(connection_->get_executor(), [self = shared_from_this()] { self->launch(); });
}

/// The address under which the connections of this caller are counted together. A trusted proxy has none,
/// since it forwards many callers.
std::optional<ip_prefix> session::limited_address() const {
    constexpr unsigned network_of_a_host = 64; // one IPv6 host can use a whole network of this length
    const auto& peer = connection_->peer();
    if (peer.is_loopback() || environment_->proxies.contain(peer))
        return std::nullopt;
    return ip_prefix::of_address(peer, network_of_a_host);
}

void session::give_way() {
    asio::post(connection_->get_executor(), [self = shared_from_this()] {
        if (!self->is_known_)
            self->connection_->hang_up();
    });
}

void session::launch() {
    // The session owns the signal, so it must live until the coroutine has released the slot.
    auto on_end = [self = shared_from_this()](const std::exception_ptr& failure) {
        if (failure && !self->is_aborting())
            self->environment_->log.write(log_level::error, "session.failed");
        self->environment_->registry.remove(self.get());
    };
    asio::co_spawn(connection_->get_executor(), run(),
                   asio::bind_cancellation_slot(cancel_.slot(), std::move(on_end)));
}

asio::awaitable<void> session::run() {
    next_step next = next_step::next_request;
    while (next == next_step::next_request) {
        auto request = co_await receive_head();
        if (!request)
            co_return;
        is_fresh_ = false;
        if (const auto* reason = std::get_if<refusal>(&*request))
            next = co_await refuse(*reason);
        else
            next = co_await serve(std::move(std::get<request_head>(*request)));
        connection_->release_memory();
    }
    if (next == next_step::linger) {
        activity_ = activity::closing;
        co_await connection_->linger(environment_->settings.max_body_size + linger_margin, linger_time);
    }
}

asio::awaitable<session::next_step> session::serve(request_head head) {
    bool keep_alive = false;
    const auto facts = [](const exchange& call, unsigned status) {
        return response_facts{call.request_id(), call.route(), status};
    };
    const session_parts parts{*connection_, environment_->settings, environment_->proxies, draining_};
    exchange call(
        parts, std::move(head),
        [&](const response& message, body_length length) {
            keep_alive = length != body_length::until_close && may_keep_alive(call, message);
            return make_head(message, facts(call, message.status), keep_alive, length);
        },
        [&] { environment_->served.on_response(facts(call, switching_protocols)); });
    activity_ = activity::handling;
    const response message = co_await call_handler(call);
    if (call.upgraded())
        co_return co_await end_websocket(*call.upgraded());
    if (call.is_caller_gone())
        co_return next_step::close;
    bool written = call.stream().has_ended();
    if (!call.stream().has_begun()) {
        keep_alive = may_keep_alive(call, message);
        const bool with_body = call.head().verb != boost::beast::http::verb::head;
        written = co_await write(message, facts(call, message.status), keep_alive, with_body);
    }
    if (!written)
        co_return next_step::close;
    if (!keep_alive)
        co_return next_step::linger;
    const bool ready = co_await call.body().skip_rest();
    co_return ready ? next_step::next_request : next_step::close;
}

/// Closes what the handler did not close.
asio::awaitable<session::next_step> session::end_websocket(websocket& upgraded) {
    const auto why = is_aborting() ? close_code::going_away : close_code::internal_error;
    co_await upgraded.close(why);
    co_return next_step::linger;
}

bool session::may_keep_alive(exchange& call, const response& message) {
    const bool is_serving = environment_->registry.phase() == server_phase::serving;
    return is_serving && admission_ == admission::served && call.head().keep_alive && !message.close &&
           call.body().skip_arrived();
}

/// A caller that shows a valid token keeps its place. For any other, the registry notes the time of the
/// request.
void session::note_request(const request_head& head) {
    if (is_known_)
        return;
    auto& registry = environment_->registry;
    if (environment_->served.shows_token(head)) {
        is_known_ = registry.recognise(this);
        admission_ = is_known_ ? admission::served : admission::refused;
        return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - renewed_ < renewal_interval)
        return;
    renewed_ = now;
    registry.renew(this);
}

asio::awaitable<response> session::call_handler(exchange& call) {
    note_request(call.head());
    if (admission_ == admission::refused && !environment_->served.is_vital(call.head()))
        co_return overloaded();
    std::optional<response> message;
    try {
        message = co_await environment_->served.handle(call);
    } catch (const request_error& error) {
        message = error_response(error.status(), error.code(), error.what());
    } catch (const std::exception& error) {
        message = unforeseen(call, error);
    }
    connection_->never_expires();
    if (is_aborting()) {
        // After a cancellation every await would throw, but the response must still be written.
        co_await asio::this_coro::reset_cancellation_state();
    }
    co_return std::move(*message);
}

response session::unforeseen(exchange& call, const std::exception& error) const {
    if (is_aborting())
        return error_response(500, "internal", "The daemon was told to stop at once");
    const bool is_gone = call.stream().has_failed() || (call.upgraded() && !call.upgraded()->is_open());
    if (is_gone)
        return {}; // the client has gone or is too slow, and gets no response
    environment_->log.write(log_level::error, "internal",
                            {{"request", call.request_id()}, {"reason", error.what()}});
    return error_response(500, "internal", "Internal error, see the log for this request id");
}

asio::awaitable<session::next_step> session::refuse(const refusal& reason) {
    const response message = error_response(reason.status, reason.code, reason.message);
    const std::string request_id = new_request_id();
    const response_facts facts{request_id, {}, message.status};
    const bool written = co_await write(message, facts, false, true);
    co_return written ? next_step::linger : next_step::close;
}

std::string session::make_head(const response& message, const response_facts& facts, bool keep_alive,
                               body_length length) const {
    environment_->served.on_response(facts);
    return serialize_head(message, facts.request_id, keep_alive, length);
}

asio::awaitable<bool> session::write(const response& message, const response_facts& facts, bool keep_alive,
                                     bool with_body) {
    activity_ = activity::writing;
    connection_->expires_after(environment_->settings.write_timeout);
    const std::string head = make_head(message, facts, keep_alive, body_length::known);
    const std::string_view body = with_body ? std::string_view(message.body) : std::string_view();
    error_code error;
    co_await connection_->write({head, body}, error);
    co_return !error;
}

bool session::is_aborting() const {
    return environment_->registry.phase() == server_phase::aborting;
}

void session::notify_phase() {
    asio::post(connection_->get_executor(), [self = shared_from_this()] { self->obey_phase(); });
}

void session::obey_phase() {
    if (is_aborting())
        abort();
    else
        drain();
}

void session::drain() {
    draining_.set();
    if (activity_ != activity::waiting)
        return;
    if (is_fresh_)
        connection_->expires_within(fresh_drain_time);
    else if (!connection_->has_input())
        connection_->expires_within(0s);
}

void session::abort() {
    connection_->ends_within(abort_time);
    if (activity_ != activity::writing)
        cancel_.emit(asio::cancellation_type::terminal);
}

} // namespace docker_run::http
