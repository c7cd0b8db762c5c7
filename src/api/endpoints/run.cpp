#include "api/endpoints.hpp"
#include "api/event_envelope.hpp"
#include "api/live_run.hpp"
#include "api/request_checks.hpp"
#include "api/run_request.hpp"
#include "api/run_response.hpp"
#include "service/run_service.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace docker_run {

namespace asio = boost::asio;
using boost::beast::http::verb;

namespace {

/// The metrics of the Server-Timing header (W3C), in milliseconds.
std::string server_timing(const run_timings& timings) {
    const auto ms = [](std::chrono::nanoseconds time) { return static_cast<double>(time.count()) / 1e6; };
    std::array<char, 160> text{};
    std::snprintf(text.data(), text.size(), "queue;dur=%.3f, acquire;dur=%.3f, run;dur=%.3f, pool;desc=%s",
                  ms(timings.queue), ms(timings.acquire), ms(timings.run), timings.warm ? "hit" : "miss");
    return text.data();
}

run_request parse_body(const std::string& body, run_form form) {
    auto parsed = parse_run_request(body, form);
    if (const auto* fault = std::get_if<run_request_fault>(&parsed))
        throw http::request_error(400, "request.parse", fault->message);
    return std::get<run_request>(std::move(parsed));
}

/// `POST /run`, from the request's head to the response.
class run_endpoint {
  public:
    run_endpoint(run_service& runs, std::size_t max_body_size) : runs_(runs), max_body_size_(max_body_size) {}

    asio::awaitable<http::response> serve(const api_call& call) const;

  private:
    asio::awaitable<http::response> serve_with(admission_queue::place place, http::exchange& request,
                                               run_caller from) const;
    asio::awaitable<std::optional<std::string>> read_body(http::exchange& request) const;
    http::response respond(const run_caller& from, run_outcome outcome) const;
    http::response respond(const run_caller& from, run_failure failure) const;

    run_service& runs_;
    std::size_t max_body_size_;
};

asio::awaitable<http::response> run_endpoint::serve(const api_call& call) const {
    auto& request = call.request;
    check_run_head(request.head());
    if (request.declared_length().value_or(0) > max_body_size_)
        throw http::body_too_large(max_body_size_);
    auto from = call.caller_of_run();
    auto admitted = runs_.admit(from, request.arriving());
    if (auto* refused = std::get_if<run_failure>(&admitted))
        co_return respond(from, std::move(*refused));
    co_return co_await serve_with(std::get<admission_queue::place>(std::move(admitted)), request,
                                  std::move(from));
}

asio::awaitable<http::response> run_endpoint::serve_with(admission_queue::place place,
                                                         http::exchange& request, run_caller from) const {
    const auto body = co_await read_body(request);
    auto refused = body ? runs_.join_line(from, place) : runs_.give_way(from);
    if (refused)
        co_return respond(from, std::move(*refused));
    const auto envelope = preferred_envelope(request.head().fields);
    auto parsed = parse_body(*body, envelope ? run_form::live : run_form::plain);
    const run_call call{std::move(from), std::move(parsed.image), parsed.payload, nullptr, parsed.binary};
    std::optional<run_outcome> outcome;
    if (envelope) {
        live_run live(runs_, request, *envelope, parsed.binary);
        outcome = co_await live.execute(call, place);
    } else {
        outcome = co_await runs_.execute(call, place, request.wait_until_caller_gone());
    }
    if (!outcome) // and if the response has been sent, this one is not
        co_return http::error_response(400, "request.abandoned", "The caller has gone");
    auto response = respond(call.from, std::move(*outcome));
    response.held =
        std::make_shared<admission_queue::place>(std::move(place)); // a slow reader's response uses memory
    co_return response;
}

/// Returns nullopt if the request had to make room for another one.
asio::awaitable<std::optional<std::string>> run_endpoint::read_body(http::exchange& request) const {
    try {
        co_return co_await request.read_body(max_body_size_);
    } catch (const http::body_gave_way&) {
        co_return std::nullopt;
    }
}

http::response run_endpoint::respond(const run_caller& from, run_failure failure) const {
    run_outcome outcome;
    outcome.result = std::move(failure);
    return respond(from, std::move(outcome));
}

http::response run_endpoint::respond(const run_caller& from, run_outcome outcome) const {
    http::response response;
    if (const auto* failure = std::get_if<run_failure>(&outcome.result))
        response = failure_response(*failure, runs_.retry_after(from, *failure));
    else
        response.body = std::get<std::string>(std::move(outcome.result));
    response.fields.emplace_back("Server-Timing", server_timing(outcome.timings));
    return response;
}

} // namespace

route run_route(run_service& runs, std::size_t max_body_size) {
    const auto shared = std::make_shared<const run_endpoint>(runs, max_body_size);
    return {.path = "/run",
            .methods = {{verb::post, [shared](const api_call& call) { return shared->serve(call); }}}};
}

} // namespace docker_run
