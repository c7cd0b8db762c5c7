#include "api.hpp"

#include "docker/image_reference.hpp"
#include "launch_failure.hpp"
#include "request_checks.hpp"
#include "run_request.hpp"
#include "version_json.hpp"

#include <boost/beast/http/verb.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace docker_run {

namespace asio = boost::asio;
using boost::beast::http::verb;

/// One resource. HEAD is served wherever GET is; the server leaves the body out.
struct api::route {
    std::string_view path;
    verb method;
    bool needs_token;
    bool is_vital;
    result (api::*handler)(const api_call&);
};

constexpr api::route api::routes[] = {
    {"/", verb::get, false, false, &api::answer_root},
    {"/version", verb::get, true, false, &api::answer_version},
    {"/run", verb::post, true, false, &api::answer_run},
    {"/livez", verb::get, false, true, &api::answer_liveness},
    {"/readyz", verb::get, false, true, &api::answer_readiness},
    {"/metrics", verb::get, true, true, &api::answer_metrics},
};

namespace {

http::response json_response(unsigned status, const nlohmann::ordered_json& body) {
    http::response answer;
    answer.status = status;
    answer.body = body.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    return answer;
}

/// The fields of Server-Timing (W3C), in milliseconds.
std::string server_timing(const run_timings& timings) {
    const auto ms = [](std::chrono::nanoseconds time) { return static_cast<double>(time.count()) / 1e6; };
    std::array<char, 160> text{};
    std::snprintf(text.data(), text.size(), "queue;dur=%.3f, acquire;dur=%.3f, run;dur=%.3f, pool;desc=%s",
                  ms(timings.queue), ms(timings.acquire), ms(timings.run), timings.warm ? "hit" : "miss");
    return text.data();
}

run_request parse_body(const std::string& body) {
    auto parsed = parse_run_request(body);
    if (const auto* fault = std::get_if<run_request_fault>(&parsed))
        throw http::request_error(400, "request.parse", fault->message);
    return std::get<run_request>(std::move(parsed));
}

} // namespace

api::api(const config& settings, const access_tokens& tokens, const readiness& ready, version_cache& versions,
         slots& admission, runner& runs, metrics& figures, const metrics_page& page, const logger& log)
    : tokens_(tokens), max_body_size_(settings.server.max_body_size), ready_(ready), versions_(versions),
      slots_(admission), runner_(runs), page_(page), report_(figures, log), intruders_(log) {}

std::span<const std::string_view> api::route_names() {
    static constexpr auto names = [] {
        std::array<std::string_view, std::size(routes)> paths;
        std::ranges::transform(routes, paths.begin(), &route::path);
        return paths;
    }();
    return names;
}

bool api::is_vital(const http::request_head& head) {
    const auto found = std::ranges::find(routes, head.path, &route::path);
    return found != std::end(routes) && found->is_vital;
}

api::result api::handle(http::exchange& request) {
    const auto& head = request.head();
    const auto found = std::ranges::find(routes, head.path, &route::path);
    if (found == std::end(routes))
        co_return http::error_response(404, "route.not_found", "Route not found");
    request.set_route(found->path);
    if (head.verb == verb::unknown)
        co_return http::error_response(501, "method.not_implemented", "HTTP knows no such method");
    const bool as_get = head.verb == verb::head && found->method == verb::get;
    if (head.verb != found->method && !as_get)
        co_return method_not_allowed(found->method);
    const api_call call{request, found->needs_token ? tokens_.admit(head.fields) : nullptr};
    if (found->needs_token && !call.who) {
        intruders_.failed(request);
        co_return unauthorized();
    }
    check_expectation(head);
    co_return co_await (this->*found->handler)(call);
}

api::result api::answer_root(const api_call&) {
    const nlohmann::ordered_json body = {
        {"name", "docker-run"},
        {"version", DOCKER_RUN_VERSION},
        {"description", "Api for running code in transient docker containers"}};
    co_return json_response(200, body);
}

api::result api::answer_version(const api_call&) {
    std::string failure;
    try {
        const auto version = co_await versions_.get();
        co_return json_response(200, version_json(*version));
    } catch (const docker::engine_error& error) {
        failure = error.what();
    }
    co_return http::error_response(500, "docker.version", "Failed to get docker version: " + failure);
}

api::result api::answer_liveness(const api_call&) {
    const nlohmann::ordered_json body = {{"status", "live"}};
    co_return json_response(200, body);
}

api::result api::answer_readiness(const api_call&) {
    const auto obstacles = ready_.obstacles();
    if (!obstacles.empty()) {
        const std::string message = "Not ready: " + obstacles.front();
        const nlohmann::ordered_json body = {
            {"error", "server.not_ready"}, {"message", message}, {"obstacles", obstacles}};
        co_return json_response(503, body);
    }
    const nlohmann::ordered_json body = {{"status", "ready"}};
    co_return json_response(200, body);
}

api::result api::answer_metrics(const api_call&) {
    http::response answer;
    answer.content_type = metrics_page::content_type;
    answer.body = page_.render();
    co_return answer;
}

api::result api::answer_run(const api_call& call) {
    auto& request = call.request;
    check_run_head(request.head());
    if (request.declared_length().value_or(0) > max_body_size_)
        throw http::body_too_large(max_body_size_);
    auto entered = slots_.enter(*call.who, request.arriving());
    if (const auto* refused = std::get_if<slots::refusal>(&entered))
        co_return refuse_run(call, *refused);
    co_return co_await run_in(std::get<slots::place>(std::move(entered)), call);
}

/// Nothing: it had to give way to another one.
asio::awaitable<std::optional<std::string>> api::read_body(const api_call& call) {
    try {
        co_return co_await call.request.read_body(max_body_size_);
    } catch (const http::body_gave_way&) {
        co_return std::nullopt;
    }
}

api::result api::run_in(slots::place place, const api_call& call) {
    const auto body = co_await read_body(call);
    const auto refused = body ? place.join_line() : slots::refusal::full;
    if (refused)
        co_return refuse_run(call, *refused);
    const auto wanted = parse_body(*body);
    const auto begun = std::chrono::steady_clock::now();
    std::optional<run_outcome> outcome;
    try {
        outcome = co_await call.request.while_connected(run(call, wanted, place));
    } catch (const std::exception& error) { // the session answers 500
        report_.failed(call, wanted.image, error);
        throw;
    }
    if (!outcome) {
        report_.abandoned(call, wanted.image, std::chrono::steady_clock::now() - begun);
        co_return http::error_response(400, "request.abandoned", "The caller has gone");
    }
    auto answer = run_response(call, *outcome);
    answer.held = std::make_shared<slots::place>(std::move(place)); // a slow reader's answer is memory too
    co_return answer;
}

asio::awaitable<run_outcome> api::run(const api_call& call, const run_request& wanted, slots::place& place) {
    run_outcome outcome;
    if (const auto fault = docker::image_reference_fault(wanted.image); !fault.empty()) {
        outcome.result = run_failure{run_error::image_refused, "Failed to create container: " + fault};
    } else if (!call.who->may_run(wanted.image)) {
        outcome.result = image_not_allowed(wanted.image);
    } else {
        run_origin origin{call.request.request_id(), call.who};
        outcome = co_await runner_.run(wanted.image, wanted.payload, std::move(origin), place);
    }
    report_.ended(call, wanted.image, outcome);
    co_return outcome;
}

http::response api::refuse_run(const api_call& call, slots::refusal why) const {
    const auto failure = why == slots::refusal::share ? share_is_used(call.who->share)
                                                      : not_admitted(why == slots::refusal::closed);
    run_outcome outcome;
    outcome.result = failure;
    report_.refused(call, failure);
    return run_response(call, outcome);
}

http::response api::run_response(const api_call& call, const run_outcome& outcome) const {
    http::response answer;
    if (const auto* failure = std::get_if<run_failure>(&outcome.result)) {
        const auto [code, status] = describe(failure->error);
        answer = http::error_response(status, code, failure->message);
        answer.close = failure->error == run_error::draining;
        if (status == 503 || status == 429) {
            const auto wait = status == 429 ? slots_.retry_after(*call.who) : slots_.retry_after();
            answer.fields.emplace_back("Retry-After", std::to_string(wait.count()));
        }
    } else {
        answer.body = std::get<std::string>(outcome.result);
    }
    answer.fields.emplace_back("Server-Timing", server_timing(outcome.timings));
    return answer;
}

} // namespace docker_run
