#pragma once

#include "access_tokens.hpp"
#include "api_call.hpp"
#include "auth_reporter.hpp"
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
#include <optional>
#include <span>
#include <string>
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

    result answer_root(const api_call& call);
    result answer_version(const api_call& call);
    result answer_liveness(const api_call& call);
    result answer_readiness(const api_call& call);
    result answer_metrics(const api_call& call);
    result answer_run(const api_call& call);

    boost::asio::awaitable<std::optional<std::string>> read_body(const api_call& call);
    boost::asio::awaitable<http::response> run_in(slots::place place, const api_call& call);
    boost::asio::awaitable<run_outcome> run(const api_call& call, const run_request& wanted,
                                            slots::place& place);
    http::response refuse_run(const api_call& call, slots::refusal why) const;
    http::response run_response(const api_call& call, const run_outcome& outcome) const;

    static const route routes[];

    const access_tokens& tokens_;
    std::size_t max_body_size_;
    const readiness& ready_;
    version_cache& versions_;
    slots& slots_;
    runner& runner_;
    const metrics_page& page_;
    run_reporter report_;
    auth_reporter intruders_;
};

} // namespace docker_run
