#include "service/run_reporter.hpp"

#include <variant>

namespace docker_run {

namespace {

/// The part of a failure that may be logged. Text from the container may contain the payload.
std::string_view loggable_message(const run_failure& failure) {
    const bool quotes_container =
        failure.error == run_error::runner_stderr || failure.error == run_error::unexpected_stdin;
    return quotes_container ? std::string_view() : std::string_view(failure.message);
}

/// Only 5xx other than 503 are warnings: overload is normal, and 4xx concern the caller.
log_level level_of(unsigned status) {
    return status >= 500 && status != 503 ? log_level::warning : log_level::info;
}

} // namespace

void run_reporter::ended(const run_call& call, const run_outcome& outcome) const {
    metrics_.run_ended(call.from.who->name, outcome);
    const auto* failure = std::get_if<run_failure>(&outcome.result);
    const run_error_info info = failure ? describe(failure->error) : run_error_info{"ok", 200};
    const bool had_container = !outcome.container.empty();
    const std::string_view pool = outcome.timings.warm ? "hit" : "miss";
    log_.write(level_of(info.status), "run",
               {{"request", call.from.request},
                {"traceparent", call.from.traceparent},
                {"caller", call.from.who->name},
                {"peer", call.from.peer},
                {"image", call.image},
                {"outcome", info.code},
                {"status", info.status},
                {"queue_ms", outcome.timings.queue},
                {"acquire_ms", outcome.timings.acquire},
                {"run_ms", outcome.timings.run},
                {"pool", had_container ? pool : std::string_view()},
                {"container", outcome.container},
                {"message", failure ? loggable_message(*failure) : std::string_view()}});
}

void run_reporter::failed(const run_call& call, const std::exception& reason) const {
    run_outcome outcome;
    outcome.result = run_failure{run_error::internal, reason.what()};
    ended(call, outcome);
}

void run_reporter::refused(const run_caller& from, const run_failure& failure) const {
    run_outcome outcome;
    outcome.result = failure;
    metrics_.run_ended(from.who->name, outcome);
    const auto info = describe(failure.error);
    log_.write(log_level::info, "run.refused",
               {{"request", from.request},
                {"traceparent", from.traceparent},
                {"caller", from.who->name},
                {"peer", from.peer},
                {"outcome", info.code},
                {"status", info.status}});
}

void run_reporter::abandoned(const run_call& call, std::chrono::steady_clock::duration time) const {
    metrics_.run_abandoned(call.from.who->name);
    log_.write(log_level::info, "run.abandoned",
               {{"request", call.from.request},
                {"traceparent", call.from.traceparent},
                {"caller", call.from.who->name},
                {"peer", call.from.peer},
                {"image", call.image},
                {"after_ms", time}});
}

} // namespace docker_run
