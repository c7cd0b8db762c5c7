#pragma once

#include "admission/admission_queue.hpp"
#include "async/paced_input.hpp"
#include "run/run_call.hpp"
#include "run/run_outcome.hpp"
#include "run/runner.hpp"
#include "service/counted_events.hpp"
#include "service/run_reporter.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

namespace docker_run {

/// Admits runs, executes them, and reports once how each one ended. Independent of the transport of the
/// request. Thread-safe.
class run_service {
  public:
    run_service(admission_queue& admission, runner& runs, metrics& counted, const logger& log)
        : queue_(admission), runner_(runs), metrics_(counted), report_(counted, log) {}

    /// Returns a place for one run, or the reason for the refusal. `body` is the body that is still arriving;
    /// null if it is complete. Returns at once.
    std::variant<admission_queue::place, run_failure> admit(const run_caller& from,
                                                            std::shared_ptr<paced_input> body);

    /// The same for an interactive run, before its first message. `draining`: the server begins no such run
    /// any more.
    std::variant<admission_queue::place, run_failure> admit_interactive(const run_caller& from,
                                                                        bool draining);

    /// Call when the body is complete. Returns the reason if the run cannot wait for a worker, else nullopt.
    std::optional<run_failure> join_line(const run_caller& from, admission_queue::place& place);

    /// The failure of a run whose body had to make room for another one. Reports it, too.
    run_failure give_way(const run_caller& from);

    /// Why a run is cut off: nullopt if nobody waits for its result any more.
    using interruption = std::optional<run_failure>;

    /// Waits for a worker and executes the run. `interrupted` returns when the run has to be cut off. The
    /// result is then nullopt if nobody waits for it, otherwise the failure. `call.events` gets the run while
    /// it happens. Reports unexpected exceptions and throws them again. Runs on the strand of the caller.
    boost::asio::awaitable<std::optional<run_outcome>>
    execute(const run_call& call, admission_queue::place& place,
            boost::asio::awaitable<interruption> interrupted);

    /// The same; `caller_gone` returns when nobody waits for the result any more.
    boost::asio::awaitable<std::optional<run_outcome>>
    execute(const run_call& call, admission_queue::place& place, boost::asio::awaitable<void> caller_gone);

    /// When a caller that got this failure may try again; nullopt if that does not depend on time.
    std::optional<std::chrono::seconds> retry_after(const run_caller& from, const run_failure& failure) const;
    /// The same for a failure of admit_interactive().
    std::optional<std::chrono::seconds> retry_interactive_after(const run_caller& from,
                                                                const run_failure& failure) const;

  private:
    boost::asio::awaitable<std::optional<run_outcome>>
    execute_reported(const run_call& call, admission_queue::place& place,
                     boost::asio::awaitable<interruption> interrupted, const counted_events* events);
    boost::asio::awaitable<bool> run(const run_call& call, admission_queue::place& place,
                                     run_outcome& outcome);
    run_failure refuse(const run_caller& from, admission_queue::refusal why) const;

    admission_queue& queue_;
    runner& runner_;
    metrics& metrics_;
    run_reporter report_;
};

} // namespace docker_run
