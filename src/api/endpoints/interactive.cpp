#include "api/endpoints.hpp"
#include "api/interactive_run.hpp"
#include "api/request_checks.hpp"
#include "api/run_request.hpp"
#include "api/run_response.hpp"
#include "service/run_service.hpp"

#include <chrono>
#include <memory>
#include <utility>
#include <variant>

namespace docker_run {

namespace asio = boost::asio;

namespace {

/// The protocol of the messages (api_docs/run.md, "Interactive runs").
constexpr std::string_view run_subprotocol = "docker-run.1";

/// `GET /run` as a WebSocket, from the request's head to the close.
class websocket_endpoint {
  public:
    websocket_endpoint(run_service& runs, interactive_settings settings)
        : runs_(runs), settings_(std::move(settings)) {}

    asio::awaitable<http::response> serve(const api_call& call) const;

  private:
    asio::awaitable<void> serve(http::exchange& request, http::websocket& socket, run_caller from,
                                admission_queue::place& place) const;

    run_service& runs_;
    interactive_settings settings_;
};

/// Whatever the head decides is an ordinary response. So a 503 means that nothing was started, as everywhere.
asio::awaitable<http::response> websocket_endpoint::serve(const api_call& call) const {
    auto& request = call.request;
    check_origin(request.head(), settings_.allowed_origins);
    check_subprotocol(request.head(), run_subprotocol);
    auto from = call.caller_of_run();
    auto admitted = runs_.admit_interactive(from, request.is_draining());
    if (const auto* refused = std::get_if<run_failure>(&admitted))
        co_return failure_response(*refused, runs_.retry_interactive_after(from, *refused));
    auto place = std::get<admission_queue::place>(std::move(admitted));
    const auto socket = co_await request.accept_websocket(run_subprotocol);
    co_await serve(request, *socket, std::move(from), place);
    co_return http::response(); // is not sent
}

/// Refuses what is no request: nothing was started.
asio::awaitable<void> refuse(http::websocket& socket, unsigned status, std::string_view code,
                             std::string_view message) {
    co_await socket.send(run_event_encoder::failed(status, code, message));
    co_await socket.close(http::close_code::policy_violation);
}

asio::awaitable<void> websocket_endpoint::serve(http::exchange& request, http::websocket& socket,
                                                run_caller from, admission_queue::place& place) const {
    const auto message =
        co_await socket.receive(std::chrono::steady_clock::now() + settings_.patience.request);
    if (!socket.is_open())
        co_return;
    if (!message) {
        co_await refuse(socket, 408, "request.timeout", "The first message did not arrive in time");
        co_return;
    }
    auto parsed = parse_run_request(message->text(), run_form::interactive);
    if (const auto* fault = std::get_if<run_request_fault>(&parsed)) {
        co_await refuse(socket, 400, "request.message", fault->message);
        co_return;
    }
    auto& wanted = std::get<run_request>(parsed);
    run_call call{.from = std::move(from), .image = std::move(wanted.image), .payload = wanted.payload};
    interactive_run run(runs_, request, socket, settings_.patience, wanted.binary);
    co_await run.execute(std::move(call), wanted.tty, place);
}

} // namespace

endpoint interactive_endpoint(run_service& runs, interactive_settings settings) {
    const auto shared = std::make_shared<const websocket_endpoint>(runs, std::move(settings));
    return [shared](const api_call& call) { return shared->serve(call); };
}

} // namespace docker_run
