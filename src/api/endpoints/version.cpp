#include "api/endpoints.hpp"
#include "api/json_response.hpp"
#include "api/version_cache.hpp"
#include "api/version_json.hpp"

#include <string>

namespace docker_run {

using boost::beast::http::verb;

namespace {

boost::asio::awaitable<http::response> answer_version(version_cache& versions) {
    std::string failure;
    try {
        const auto version = co_await versions.get();
        co_return json_response(200, version_json(*version));
    } catch (const docker::engine_error& error) {
        failure = error.what();
    }
    co_return http::error_response(500, "docker.version", "Failed to get docker version: " + failure);
}

} // namespace

route version_route(version_cache& versions) {
    return {.path = "/version",
            .methods = {{verb::get, [&versions](const api_call&) { return answer_version(versions); }}}};
}

} // namespace docker_run
