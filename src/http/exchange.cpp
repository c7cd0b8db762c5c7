#include "http/exchange.hpp"

#include "http/request_id.hpp"

#include <utility>

namespace docker_run::http {
namespace {

std::string choose_request_id(const request_head& head) {
    const auto field = head.fields.find("X-Request-Id");
    if (field != head.fields.end() && is_request_id(field->value()))
        return field->value();
    return new_request_id();
}

} // namespace

exchange::exchange(connection& caller, request_head head, const server_settings& settings,
                   const trusted_proxies& proxies, response_stream::head_maker make_head)
    : caller_(caller), head_(std::move(head)), request_id_(choose_request_id(head_)),
      peer_(proxies.caller(caller.peer(), head_.fields)), body_(caller_, head_, settings.body_timeout),
      stream_(caller_, head_, settings.write_timeout, std::move(make_head)) {}

boost::asio::awaitable<void> exchange::wait_until_caller_gone() {
    co_await caller_.wait_until_gone();
    caller_gone_ = true;
}

} // namespace docker_run::http
