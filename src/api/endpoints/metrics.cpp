#include "api/endpoints.hpp"
#include "metrics/metrics_page.hpp"

namespace docker_run {

using boost::beast::http::verb;

namespace {

boost::asio::awaitable<http::response> answer_metrics(const metrics_page& page) {
    http::response response;
    response.content_type = metrics_page::content_type;
    response.body = page.render();
    co_return response;
}

} // namespace

route metrics_route(const metrics_page& page) {
    return {.path = "/metrics",
            .methods = {{verb::get, [&page](const api_call&) { return answer_metrics(page); }}},
            .is_vital = true};
}

} // namespace docker_run
