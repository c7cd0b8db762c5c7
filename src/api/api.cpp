#include "api/api.hpp"

#include "api/request_checks.hpp"
#include "http/websocket_handshake.hpp"

#include <boost/beast/http/verb.hpp>

#include <optional>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using boost::beast::http::verb;

bool api::is_vital(const http::request_head& head) const {
    const auto matched = router_.find(head.path);
    return matched && matched->resource.is_vital;
}

asio::awaitable<http::response> api::handle(http::exchange& request) {
    auto matched = router_.find(request.head().path);
    if (!matched)
        co_return http::error_response(404, "route.not_found", "Route not found");
    request.set_route(matched->resource.path);
    const auto& resource = matched->resource;
    std::optional<http::request_error> failure;
    try {
        co_return co_await respond(request, std::move(*matched));
    } catch (const http::request_error& error) {
        failure = error;
    }
    if (resource.error == &http::error_response)
        throw std::move(*failure);
    co_return resource.error(failure->status(), failure->code(), failure->what());
}

asio::awaitable<http::response> api::respond(http::exchange& request, router::match matched) {
    const auto& head = request.head();
    const auto& resource = matched.resource;
    if (head.verb == verb::unknown)
        throw http::request_error(501, "method.not_implemented", "unknown method");
    const bool is_upgrade = resource.upgrade && http::asks_for_websocket(head);
    const auto* answer_method = is_upgrade ? &resource.upgrade : resource.find(head.verb);
    if (!answer_method)
        co_return method_not_allowed(resource);
    api_call call{request, std::move(matched.parameters), nullptr};
    if (resource.token == token_policy::required) {
        call.who = tokens_.admit(head);
        if (!call.who) {
            auth_failures_.failed(request);
            co_return unauthorized(resource);
        }
    }
    check_expectation(head);
    co_return co_await (*answer_method)(call);
}

} // namespace docker_run
