#pragma once

#include "admission/slots.hpp"
#include "async/paced_input.hpp"
#include "run/run_call.hpp"
#include "run/run_outcome.hpp"
#include "run/runner.hpp"
#include "service/run_reporter.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

namespace docker_run {

/// Runs, for whoever asks for them and by whatever transport: admits a run, executes it, and reports how it
/// ended, once. Thread-safe.
class run_service {
  public:
    run_service(slots& admission, runner& runs, metrics& counted, const logger& log)
        : slots_(admission), runner_(runs), report_(counted, log) {}

    /// A place for one run, or why there is none. `body`: is on its way, null where it is complete. Returns
    /// at once.
    std::variant<slots::place, run_failure> admit(const run_caller& from, std::shared_ptr<paced_input> body);

    /// To be called when the body is complete: why the run cannot wait for a worker, or nothing.
    std::optional<run_failure> join_line(const run_caller& from, slots::place& place);

    /// The body of a run had to give way to another one.
    run_failure give_way(const run_caller& from);

    /// Waits for a worker and does the run. `caller_gone` returns when nobody waits for the answer any more:
    /// the run is then cut off. Nothing in that case. Throws what nobody has foreseen, which is reported too.
    /// On the strand of the caller.
    boost::asio::awaitable<std::optional<run_outcome>> execute(const run_call& call, slots::place& place,
                                                               boost::asio::awaitable<void> caller_gone);

    /// When a caller that got this failure may try again; nothing where that does not depend on time.
    std::optional<std::chrono::seconds> retry_after(const run_caller& from, const run_failure& failure) const;

  private:
    boost::asio::awaitable<bool> run(const run_call& call, slots::place& place, run_outcome& outcome);
    run_failure refuse(const run_caller& from, slots::refusal why) const;

    slots& slots_;
    runner& runner_;
    run_reporter report_;
};

} // namespace docker_run
