#include "service/run_service.hpp"

#include "async/run_until.hpp"
#include "docker/image_reference.hpp"
#include "run/launch_failure.hpp"

#include <exception>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

namespace {

asio::awaitable<run_service::interruption> without_reason(asio::awaitable<void> caller_gone) {
    co_await std::move(caller_gone);
    co_return std::nullopt;
}

} // namespace

std::variant<admission_queue::place, run_failure> run_service::admit(const run_caller& from,
                                                                     std::shared_ptr<paced_input> body) {
    auto entered = queue_.enter(*from.who, std::move(body));
    if (const auto* refused = std::get_if<admission_queue::refusal>(&entered))
        return refuse(from, *refused);
    return std::get<admission_queue::place>(std::move(entered));
}

std::variant<admission_queue::place, run_failure> run_service::admit_interactive(const run_caller& from,
                                                                                 bool draining) {
    if (draining)
        return refuse(from, admission_queue::refusal::closed);
    auto entered = queue_.enter_interactive(*from.who);
    const auto* refused = std::get_if<admission_queue::refusal>(&entered);
    if (!refused)
        return std::get<admission_queue::place>(std::move(entered));
    if (*refused != admission_queue::refusal::full)
        return refuse(from, *refused);
    auto failure = interactive_places_are_used();
    report_.refused(from, failure);
    return failure;
}

std::optional<run_failure> run_service::join_line(const run_caller& from, admission_queue::place& place) {
    if (const auto refused = place.join_line())
        return refuse(from, *refused);
    return std::nullopt;
}

run_failure run_service::give_way(const run_caller& from) {
    return refuse(from, admission_queue::refusal::full);
}

run_failure run_service::refuse(const run_caller& from, admission_queue::refusal why) const {
    auto failure = why == admission_queue::refusal::share
                       ? share_is_used(from.who->share)
                       : not_admitted(why == admission_queue::refusal::closed);
    report_.refused(from, failure);
    return failure;
}

asio::awaitable<std::optional<run_outcome>>
run_service::execute(const run_call& call, admission_queue::place& place, asio::awaitable<void> caller_gone) {
    return execute(call, place, without_reason(std::move(caller_gone)));
}

asio::awaitable<std::optional<run_outcome>> run_service::execute(const run_call& call,
                                                                 admission_queue::place& place,
                                                                 asio::awaitable<interruption> interrupted) {
    if (!call.events)
        co_return co_await execute_reported(call, place, std::move(interrupted), nullptr);
    counted_events events(*call.events, metrics_, clock::now());
    run_call counted = call;
    counted.events = &events;
    co_return co_await execute_reported(counted, place, std::move(interrupted), &events);
}

/// The run stores its outcome before anything decides whether the caller has gone. So a run that ends at that
/// moment has ended, and is reported as ended. `events`: those of a live run, otherwise null.
asio::awaitable<std::optional<run_outcome>>
run_service::execute_reported(const run_call& call, admission_queue::place& place,
                              asio::awaitable<interruption> interrupted, const counted_events* events) {
    const auto begun = clock::now();
    interruption reason;
    const auto noting_its_reason = [&]() -> asio::awaitable<void> {
        reason = co_await std::move(interrupted);
    };
    run_outcome outcome;
    bool ended = false;
    const auto noting_its_end = [&]() -> asio::awaitable<bool> {
        ended = co_await run(call, place, outcome);
        co_return ended;
    };
    try {
        co_await run_until(noting_its_end(), noting_its_reason());
    } catch (const std::exception& error) {
        report_.failed(call, error, events);
        throw;
    }
    if (!ended && reason) {
        outcome.result = std::move(*reason);
        ended = true;
    }
    if (!ended) {
        report_.abandoned(call, clock::now() - begun, events);
        co_return std::nullopt;
    }
    report_.ended(call, outcome, events);
    co_return std::move(outcome);
}

asio::awaitable<bool> run_service::run(const run_call& call, admission_queue::place& place,
                                       run_outcome& outcome) {
    if (const auto fault = docker::image_reference_fault(call.image); !fault.empty())
        outcome.result = run_failure{run_error::image_refused, "Failed to create container: " + fault};
    else if (!call.from.who->may_run(call.image))
        outcome.result = image_not_allowed(call.image);
    else
        outcome = co_await runner_.run(call, place);
    co_return true;
}

std::optional<std::chrono::seconds> run_service::retry_after(const run_caller& from,
                                                             const run_failure& failure) const {
    const auto status = describe(failure.error).status;
    if (status == 429)
        return queue_.retry_after(*from.who);
    if (status == 503)
        return queue_.retry_after();
    return std::nullopt;
}

std::optional<std::chrono::seconds> run_service::retry_interactive_after(const run_caller& from,
                                                                         const run_failure& failure) const {
    if (failure.error == run_error::overloaded)
        return queue_.retry_interactive_after();
    return retry_after(from, failure);
}

} // namespace docker_run
