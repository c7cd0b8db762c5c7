#include "service/run_reporter.hpp"

#include <cstdint>
#include <optional>
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

/// The field that only the line of an interactive run has.
std::optional<bool> interactive_field(const run_call& call) {
    return call.interactive ? std::optional(true) : std::nullopt;
}

/// The fields that only the line of a live run has.
std::optional<bool> live_field(const counted_events* events) {
    return events ? std::optional(true) : std::nullopt;
}

std::optional<std::uint64_t> bytes_field(const counted_events* events) {
    return events ? std::optional(events->bytes()) : std::nullopt;
}

} // namespace

void run_reporter::ended(const run_call& call, const run_outcome& outcome,
                         const counted_events* events) const {
    metrics_.run_ended(call.from.who->name, outcome);
    count_interactive(call);
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
                {"live", live_field(events)},
                {"interactive", interactive_field(call)},
                {"output_bytes", bytes_field(events)},
                {"message", failure ? loggable_message(*failure) : std::string_view()}});
}

void run_reporter::failed(const run_call& call, const std::exception& reason,
                          const counted_events* events) const {
    run_outcome outcome;
    outcome.result = run_failure{run_error::internal, reason.what()};
    ended(call, outcome, events);
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

void run_reporter::abandoned(const run_call& call, std::chrono::steady_clock::duration time,
                             const counted_events* events) const {
    metrics_.run_abandoned(call.from.who->name);
    count_interactive(call);
    log_.write(log_level::info, "run.abandoned",
               {{"request", call.from.request},
                {"traceparent", call.from.traceparent},
                {"caller", call.from.who->name},
                {"peer", call.from.peer},
                {"image", call.image},
                {"after_ms", time},
                {"live", live_field(events)},
                {"interactive", interactive_field(call)},
                {"output_bytes", bytes_field(events)}});
}

void run_reporter::count_interactive(const run_call& call) const {
    if (call.interactive)
        metrics_.interactive_run_ended();
}

} // namespace docker_run
