#include "api/endpoints.hpp"
#include "api/json_response.hpp"

namespace docker_run {

using boost::beast::http::verb;

namespace {

boost::asio::awaitable<http::response> answer_root(const api_call&) {
    const nlohmann::ordered_json body = {
        {"name", "docker-run"},
        {"version", DOCKER_RUN_VERSION},
        {"description", "Api for running code in transient docker containers"}};
    co_return json_response(200, body);
}

} // namespace

route root_route() {
    return {.path = "/", .methods = {{verb::get, answer_root}}, .token = token_policy::open};
}

} // namespace docker_run
