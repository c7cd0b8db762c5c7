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

constexpr std::size_t head_read_size = 4096;
// A caller without a place gets its 503 only if it sends its request within this time, so that the few places
// for this become free fast.
constexpr std::chrono::seconds refused_header_timeout = 2s;
// The precision of the time of a stranger's last request. It keeps a flood of requests from locking the
// registry for each of them.
constexpr std::chrono::seconds renewal_interval = 1s;
// How long an accepted connection that has sent nothing stays open when draining begins.
constexpr std::chrono::seconds fresh_drain_time = 1s;
// How long an aborted session may take for its response, and again for its close. It must end within two
// seconds.
constexpr std::chrono::milliseconds abort_time = 500ms;
constexpr std::chrono::milliseconds linger_time = 2s;
constexpr std::size_t linger_margin = 1'048'576;

constexpr refusal late_head{408, "request.timeout", "Request head did not arrive in time"};
constexpr refusal bad_head{400, "request.head", "Request head is malformed"};
constexpr refusal cut_head{400, "request.head", "Request head ended before its end"};

response overloaded() {
    response answer = error_response(503, "server.overloaded", "Too many connections");
    answer.fields.emplace_back("Retry-After", "1");
    answer.close = true;
    return answer;
}

} // namespace

session_environment::session_environment(const asio::any_io_executor& executor, server_settings server,
                                         service wanted, const logger& events)
    : settings(std::move(server)), proxies(settings.trusted_proxies), served(std::move(wanted)), log(events),
      registry(executor, {settings.max_connections, settings.max_connections_per_address}) {}

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
        const auto time = is_aborting() ? abort_time : linger_time;
        co_await connection_->linger(environment_->settings.max_body_size + linger_margin, time);
    }
}

// Returns nothing if the connection is to be closed without a response: no byte of a request has arrived.
asio::awaitable<std::optional<session::received>> session::receive_head() {
    if (is_aborting())
        co_return std::nullopt;
    begin_waiting();
    head_gate gate;
    auto verdict = judge(gate);
    while (!verdict) {
        error_code error;
        co_await connection_->read_more(head_read_size, error);
        if (error)
            co_return end_of_input(error);
        const bool is_first_byte = activity_ == activity::waiting;
        activity_ = activity::receiving;
        verdict = judge(gate);
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

std::optional<session::received> session::judge(head_gate& gate) {
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

asio::awaitable<session::next_step> session::serve(request_head head) {
    exchange call(*connection_, std::move(head), environment_->settings.body_timeout, environment_->proxies);
    activity_ = activity::handling;
    const response answer = co_await call_handler(call);
    if (call.is_caller_gone())
        co_return next_step::close;
    const bool is_serving = environment_->registry.phase() == server_phase::serving;
    const bool keep_alive = is_serving && admission_ == admission::served && call.head().keep_alive &&
                            !answer.close && call.body().skip_arrived();
    const bool with_body = call.head().verb != boost::beast::http::verb::head;
    const answered facts{call.request_id(), call.route(), answer.status};
    const bool written = co_await write(answer, facts, keep_alive, with_body);
    if (!written)
        co_return next_step::close;
    if (!keep_alive)
        co_return next_step::linger;
    const bool ready = co_await call.body().skip_rest();
    co_return ready ? next_step::next_request : next_step::close;
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
    std::optional<response> answer;
    try {
        answer = co_await environment_->served.handle(call);
    } catch (const request_error& error) {
        answer = error_response(error.status(), error.code(), error.what());
    } catch (const std::exception& error) {
        answer = unforeseen(call, error);
    }
    connection_->never_expires();
    if (is_aborting()) {
        // After a cancellation every await would throw, but the response must still be written.
        co_await asio::this_coro::reset_cancellation_state();
    }
    co_return std::move(*answer);
}

response session::unforeseen(const exchange& call, const std::exception& error) const {
    if (is_aborting())
        return error_response(500, "internal", "The daemon was told to stop at once");
    environment_->log.write(log_level::error, "internal",
                            {{"request", call.request_id()}, {"reason", error.what()}});
    return error_response(500, "internal", "Internal error, see the log for this request id");
}

asio::awaitable<session::next_step> session::refuse(const refusal& reason) {
    const response answer = error_response(reason.status, reason.code, reason.message);
    const std::string request_id = new_request_id();
    const answered facts{request_id, {}, answer.status};
    const bool written = co_await write(answer, facts, false, true);
    co_return written ? next_step::linger : next_step::close;
}

asio::awaitable<bool> session::write(const response& answer, const answered& facts, bool keep_alive,
                                     bool with_body) {
    environment_->served.on_answer(facts);
    activity_ = activity::writing;
    connection_->expires_after(environment_->settings.write_timeout);
    if (is_aborting())
        connection_->expires_within(abort_time);
    const std::string head = serialize_head(answer, facts.request_id, keep_alive);
    const std::string_view body = with_body ? std::string_view(answer.body) : std::string_view();
    error_code error;
    co_await connection_->write(head, body, error);
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
    if (activity_ != activity::waiting)
        return;
    if (is_fresh_)
        connection_->expires_within(fresh_drain_time);
    else if (!connection_->has_input())
        connection_->expires_within(0s);
}

void session::abort() {
    if (activity_ == activity::writing) {
        connection_->expires_within(abort_time);
        return;
    }
    cancel_.emit(asio::cancellation_type::terminal);
}

} // namespace docker_run::http
