#pragma once

#include "api/access_tokens.hpp"
#include "api/auth_reporter.hpp"
#include "api/router.hpp"
#include "http/exchange.hpp"
#include "http/response.hpp"
#include "log/log.hpp"

#include <boost/asio/awaitable.hpp>

#include <vector>

namespace docker_run {

/// Routes HTTP requests: finds the route, checks method and token, and calls the endpoint. Thread-safe; each
/// request runs on the strand of its connection.
class api {
  public:
    api(const access_tokens& tokens, const logger& log, std::vector<route> routes)
        : tokens_(tokens), router_(std::move(routes)), auth_failures_(log) {}

    /// Whether a request is answered at any load: health checks and scrapes.
    [[nodiscard]] bool is_vital(const http::request_head& head) const;

    /// Answers one request; to be given to http::server. Throws http::request_error.
    boost::asio::awaitable<http::response> handle(http::exchange& request);

  private:
    boost::asio::awaitable<http::response> respond(http::exchange& request, router::match matched);

    const access_tokens& tokens_;
    router router_;
    auth_reporter auth_failures_;
};

} // namespace docker_run
