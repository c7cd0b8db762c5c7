#pragma once

#include "async/event.hpp"
#include "http/connection.hpp"
#include "http/exchange.hpp"
#include "http/server_settings.hpp"
#include "http/session_registry.hpp"
#include "log/log.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

namespace docker_run::http {

/// State that all sessions of a server share. It outlives the server if an exception ends the daemon, because
/// the sessions are then destroyed with the io_context.
struct session_environment {
    session_environment(server_settings settings, service served, const logger& log);

    const server_settings settings;
    const trusted_proxies proxies;
    const service served;
    const logger& log;
    session_registry registry;
};

/// Serves one connection: one request after the other, responses in order, every wait with a deadline. It is
/// one coroutine on the connection's strand, which keeps the session alive. Other code reaches it through the
/// registry.
class session final : public registered_session, public std::enable_shared_from_this<session> {
  public:
    /// `socket`: its executor must be a strand of its own.
    session(boost::asio::ip::tcp::socket socket, std::shared_ptr<session_environment> environment);

    /// Registers the session and starts to serve. Call it once. A session that gets no place answers its
    /// first request and ends. The response is a 503 `server.overloaded`, unless the request is vital or
    /// shows a valid token.
    void start();

    void give_way() override;

    /// Makes the session check registry.phase(). Draining: an idle connection is closed, one that has never
    /// sent anything is closed after one second, every later response carries `Connection: close`, and
    /// exchange::wait_until_draining() returns. Aborting: the waits of the session are cancelled, a request
    /// whose handler returns no response gets a 500, and the connection is closed.
    void notify_phase() override;

  private:
    enum class admission { served, refused };
    enum class activity { waiting, receiving, handling, writing, closing };
    enum class next_step { next_request, linger, close };
    using received = std::variant<request_head, refusal>;

    boost::asio::awaitable<void> run();
    boost::asio::awaitable<std::optional<received>> receive_head();
    std::optional<received> check_head(head_gate& gate);
    std::optional<received> end_of_input(const boost::system::error_code& error) const;
    void begin_waiting();
    boost::asio::awaitable<next_step> serve(request_head head);
    boost::asio::awaitable<next_step> end_websocket(websocket& upgraded);
    boost::asio::awaitable<next_step> refuse(const refusal& reason);
    boost::asio::awaitable<response> call_handler(exchange& call);
    bool may_keep_alive(exchange& call, const response& message);
    std::string make_head(const response& message, const response_facts& facts, bool keep_alive,
                          body_length length) const;
    boost::asio::awaitable<bool> write(const response& message, const response_facts& facts, bool keep_alive,
                                       bool with_body);
    response unforeseen(exchange& call, const std::exception& error) const;
    void note_request(const request_head& head);
    std::optional<ip_prefix> limited_address() const;
    bool is_aborting() const;
    void launch();
    void obey_phase();
    void drain();
    void abort();

    std::shared_ptr<session_environment> environment_;
    std::shared_ptr<connection> connection_;
    admission admission_ = admission::served;
    bool is_known_ = false;                         // a request has shown a valid token
    std::chrono::steady_clock::time_point renewed_; // when registry.renew() was last called
    activity activity_ = activity::waiting;
    bool is_fresh_ = true; // no request has arrived yet
    event draining_;
    boost::asio::cancellation_signal cancel_;
};

} // namespace docker_run::http
