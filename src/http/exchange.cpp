#include "http/exchange.hpp"

#include "http/request_id.hpp"

#include <utility>

namespace docker_run::http {

namespace asio = boost::asio;

namespace {

std::string choose_request_id(const request_head& head) {
    const auto field = head.fields.find("X-Request-Id");
    if (field != head.fields.end() && is_request_id(field->value()))
        return field->value();
    return new_request_id();
}

} // namespace

exchange::exchange(const session_parts& session, request_head head, response_stream::head_maker make_head,
                   std::function<void()> on_upgrade)
    : session_(session), head_(std::move(head)), request_id_(choose_request_id(head_)),
      peer_(session.proxies.caller(session.caller.peer(), head_.fields)),
      body_(session.caller, head_, session.settings.body_timeout),
      stream_(session.caller, head_, session.settings.write_timeout, std::move(make_head)),
      on_upgrade_(std::move(on_upgrade)) {}

asio::awaitable<void> exchange::wait_until_caller_gone() {
    co_await session_.caller.wait_until_gone();
    caller_gone_ = true;
}

asio::awaitable<std::shared_ptr<websocket>> exchange::accept_websocket(std::string_view subprotocol) {
    const server_settings& settings = session_.settings;
    const websocket_limits limits{settings.max_body_size, settings.write_timeout, settings.ping_interval};
    websocket_ = std::make_shared<websocket>(session_.caller.shared_from_this(), limits);
    on_upgrade_();
    const websocket::header_fields fields = {{"X-Request-Id", request_id_},
                                             {"Sec-WebSocket-Protocol", std::string(subprotocol)},
                                             {"Server", "docker-run"}};
    co_await websocket_->accept(head_, fields);
    co_return websocket_;
}

asio::awaitable<void> exchange::wait_until_draining() {
    co_await session_.draining.wait(connection::clock::time_point::max());
}

} // namespace docker_run::http
