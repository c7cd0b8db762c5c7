#include "run_reporter.hpp"

#include "http/trace_context.hpp"

#include <variant>

namespace docker_run {

namespace {

std::string_view trace_of(const api_call& call) {
    return http::traceparent_of(call.request.head().fields);
}

/// What may be written of a failure: what the container said may be its payload.
std::string_view loggable_message(const run_failure& failure) {
    const bool quotes_container =
        failure.error == run_error::runner_stderr || failure.error == run_error::unexpected_stdin;
    return quotes_container ? std::string_view() : std::string_view(failure.message);
}

/// Being full is no fault, and what the request or the program did wrong is told to the caller.
log_level level_of(unsigned status) {
    return status >= 500 && status != 503 ? log_level::warning : log_level::info;
}

} // namespace

void run_reporter::ended(const api_call& call, std::string_view image, const run_outcome& outcome) const {
    figures_.run_ended(call.who->name, outcome);
    const auto* failure = std::get_if<run_failure>(&outcome.result);
    const run_error_info info = failure ? describe(failure->error) : run_error_info{"ok", 200};
    const bool had_container = !outcome.container.empty();
    const std::string_view pool = outcome.timings.warm ? "hit" : "miss";
    log_.write(level_of(info.status), "run",
               {{"request", call.request.request_id()},
                {"traceparent", trace_of(call)},
                {"caller", call.who->name},
                {"peer", call.peer},
                {"image", image},
                {"outcome", info.code},
                {"status", info.status},
                {"queue_ms", outcome.timings.queue},
                {"acquire_ms", outcome.timings.acquire},
                {"run_ms", outcome.timings.run},
                {"pool", had_container ? pool : std::string_view()},
                {"container", outcome.container},
                {"message", failure ? loggable_message(*failure) : std::string_view()}});
}

void run_reporter::failed(const api_call& call, std::string_view image, const std::exception& reason) const {
    run_outcome outcome;
    outcome.result = run_failure{run_error::internal, reason.what()};
    ended(call, image, outcome);
}

void run_reporter::refused(const api_call& call, const run_failure& failure) const {
    run_outcome outcome;
    outcome.result = failure;
    figures_.run_ended(call.who->name, outcome);
    const auto info = describe(failure.error);
    log_.write(log_level::info, "run.refused",
               {{"request", call.request.request_id()},
                {"traceparent", trace_of(call)},
                {"caller", call.who->name},
                {"peer", call.peer},
                {"outcome", info.code},
                {"status", info.status}});
}

void run_reporter::abandoned(const api_call& call, std::string_view image,
                             std::chrono::steady_clock::duration time) const {
    figures_.run_abandoned(call.who->name);
    log_.write(log_level::info, "run.abandoned",
               {{"request", call.request.request_id()},
                {"traceparent", trace_of(call)},
                {"caller", call.who->name},
                {"peer", call.peer},
                {"image", image},
                {"after_ms", time}});
}

} // namespace docker_run
