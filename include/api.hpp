#pragma once

#include "access_tokens.hpp"
#include "config.hpp"
#include "http/exchange.hpp"
#include "http/response.hpp"
#include "log.hpp"
#include "metrics.hpp"
#include "metrics_page.hpp"
#include "readiness.hpp"
#include "run_reporter.hpp"
#include "run_request.hpp"
#include "runner.hpp"
#include "slots.hpp"
#include "version_cache.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace docker_run {

/// What the HTTP requests mean: routes, token, bodies, status codes. Thread-safe; each request runs on the
/// strand of its connection.
class api {
  public:
    api(const config& settings, const access_tokens& tokens, const readiness& ready, version_cache& versions,
        slots& admission, runner& runs, metrics& figures, const metrics_page& page, const logger& log);

    /// The routes that there are, for the labels of figures.
    static std::span<const std::string_view> route_names();

    /// Whether a request is answered however full the daemon is: health checks and scrapes.
    static bool is_vital(const http::request_head& head);

    /// Answers one request; to be given to http::server. Throws http::request_error.
    boost::asio::awaitable<http::response> handle(http::exchange& request);

  private:
    using result = boost::asio::awaitable<http::response>;
    struct route;

    result answer_root(http::exchange& request);
    result answer_version(http::exchange& request);
    result answer_liveness(http::exchange& request);
    result answer_readiness(http::exchange& request);
    result answer_metrics(http::exchange& request);
    result answer_run(http::exchange& request);

    boost::asio::awaitable<run_outcome> run(http::exchange& request, const run_request& wanted,
                                            slots::place& place);
    http::response refuse_run(const http::exchange& request) const;
    http::response run_response(const run_outcome& outcome) const;

    static const route routes[];

    const access_tokens& tokens_;
    std::size_t max_body_size_;
    const readiness& ready_;
    version_cache& versions_;
    slots& slots_;
    runner& runner_;
    const metrics_page& page_;
    run_reporter report_;
};

} // namespace docker_run
