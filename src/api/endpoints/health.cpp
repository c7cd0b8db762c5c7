#include "api/endpoints.hpp"
#include "api/json_response.hpp"
#include "health/readiness.hpp"

#include <string>

namespace docker_run {

using boost::beast::http::verb;

namespace {

boost::asio::awaitable<http::response> answer_liveness(const api_call&) {
    const nlohmann::ordered_json body = {{"status", "live"}};
    co_return json_response(200, body);
}

boost::asio::awaitable<http::response> answer_readiness(const readiness& ready) {
    const auto obstacles = ready.obstacles();
    if (!obstacles.empty()) {
        const std::string message = "Not ready: " + obstacles.front();
        const nlohmann::ordered_json body = {
            {"error", "server.not_ready"}, {"message", message}, {"obstacles", obstacles}};
        co_return json_response(503, body);
    }
    const nlohmann::ordered_json body = {{"status", "ready"}};
    co_return json_response(200, body);
}

} // namespace

route liveness_route() {
    return {.path = "/livez",
            .methods = {{verb::get, answer_liveness}},
            .token = token_policy::open,
            .is_vital = true};
}

route readiness_route(const readiness& ready) {
    return {.path = "/readyz",
            .methods = {{verb::get, [&ready](const api_call&) { return answer_readiness(ready); }}},
            .token = token_policy::open,
            .is_vital = true};
}

} // namespace docker_run
