#include "run/runner.hpp"

#include "async/pause.hpp"
#include "docker/tmpfs_options.hpp"
#include "run/announced_output.hpp"
#include "run/conversation.hpp"
#include "run/handover.hpp"
#include "run/launch_failure.hpp"
#include "run/live_output.hpp"
#include "run/plain_output.hpp"
#include "run/run_terms.hpp"
#include "run/runner_frame.hpp"

#include <boost/asio/this_coro.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

/// Podman ends the stream some milliseconds before it reports the container as exited.
constexpr auto exit_poll = 10ms;
constexpr auto exit_patience = 1s;
/// How long a container may take to end after its result, with code_runner and with another runner.
constexpr std::chrono::milliseconds own_end_patience = 1s;
constexpr std::chrono::milliseconds other_end_patience = 250ms;
constexpr auto engine_retry = 100ms;
constexpr int most_launches = 3; ///< of one run, if its image changes each time

/// The limits that the messages about a container's end name. `is_ended`: the engine reported an end.
verdict_limits limits_in_messages(const container_options& options, bool is_ended) {
    const bool holds_full_tmpfs = !is_ended || docker_run::holds_full_tmpfs(options.container);
    return {options.max_output_size, options.container.memory, holds_full_tmpfs};
}

} // namespace

/// One run in progress.
struct runner::attempt {
    const run_call& call;
    clock::time_point admitted_until;
    std::shared_ptr<const resolved_image> image = nullptr;
    run_outcome outcome = {};
    bool delivered = false; ///< the program may have seen the payload: there is no second try

    /// Whether the output is passed on while the program runs.
    bool is_live() const { return call.events != nullptr && image->speaks_frames; }

    /// For the output of its next container.
    std::unique_ptr<container_output> new_output(clock::time_point deadline) const {
        const auto limit = image->options->max_output_size;
        if (is_live())
            return std::make_unique<live_output>(*call.events, outcome.timings, limit, deadline);
        if (call.events)
            return std::make_unique<announced_output>(limit, *call.events, outcome.timings);
        return std::make_unique<plain_output>(limit);
    }

    /// What its next container gets before the payload.
    std::string task_head() const {
        if (!is_live())
            return {};
        return docker_run::task_head(runner_options(call, *image->options), call.payload.size());
    }
};

runner::runner(run_patience patience, admission_queue& admission, docker::engine& engine,
               engine_limits& limits, image_catalogue& images, launcher& launches, container_pool& pool,
               time_source now)
    : patience_(patience), queue_(admission), engine_(engine), limits_(limits), images_(images),
      launcher_(launches), pool_(pool), now_(std::move(now)) {}

asio::awaitable<run_outcome> runner::run(const run_call& call, admission_queue::place& place) {
    const auto arrived = clock::now();
    attempt run{.call = call, .admitted_until = arrived + patience_.queue};

    const bool admitted = co_await place.wait_for_worker(run.admitted_until);
    run.outcome.timings.queue = clock::now() - arrived;
    if (!admitted) {
        run.outcome.result = not_admitted(queue_.is_closed());
        co_return std::move(run.outcome);
    }
    co_await run_with_patience(run);
    place.release_worker();
    co_return std::move(run.outcome);
}

/// A proxy needs SERVER_DRAIN_DELAY to notice that /readyz returns 503. During that time a daemon without its
/// engine must not fail at once: it would look like the fastest of all and attract every run.
asio::awaitable<void> runner::run_with_patience(attempt& run) {
    const auto patience = now_() + patience_.engine;
    for (;;) {
        const auto tried = now_();
        std::optional<run_failure> away;
        try {
            co_await run_with_worker(run);
        } catch (const docker::engine_error& error) {
            run.outcome.result = launch_failure(error);
            if (patience_.engine > 0s && !run.delivered && nothing_was_created(error))
                away = engine_away(error);
        }
        if (!away)
            co_return;
        if (tried >= patience) {
            run.outcome.result = std::move(*away);
            co_return;
        }
        co_await pause(engine_retry);
        run.outcome.timings.queue += now_() - tried;
    }
}

asio::awaitable<void> runner::run_with_worker(attempt& run) {
    const auto begun = clock::now();
    run.image = co_await images_.resolve(run.call.image);
    run.outcome.timings.acquire = clock::now() - begun;
    const bool granted = co_await is_granted(run);
    if (!granted)
        co_return;
    const bool done = co_await run_warm(run);
    if (!done)
        co_await run_cold(run);
}

/// Returns false if the image is refused, or cannot do what the call needs, or the engine lacks a limit of
/// its containers. The result then says so.
asio::awaitable<bool> runner::is_granted(attempt& run) {
    const auto& image = *run.image;
    run.outcome.image = image.name;
    if (!image.options ||
        !run.call.from.who->may_run(image.reference, {image.id, image.tags, image.digests})) {
        run.outcome.result = image_not_allowed(run.call.image);
        co_return false;
    }
    if (run.call.needs_live_output && !image.speaks_frames && !image.id.empty()) {
        run.outcome.result = live_output_unsupported();
        co_return false;
    }
    if (run.call.interactive && (image.options->interactive.time == 0s || !image.speaks_frames) &&
        !image.id.empty()) {
        run.outcome.result = interactive_unsupported();
        co_return false;
    }
    const auto obstacle = co_await limits_.refusal_for(image.options->container, image.has_runner);
    if (obstacle.empty())
        co_return true;
    run.outcome.result = run_failure{run_error::create_failed, "Failed to create container: " + obstacle};
    co_return false;
}

/// Returns false if there was no warm container, or if it had died before it could take the payload.
asio::awaitable<bool> runner::run_warm(attempt& run) {
    auto warm = pool_.take(run.image);
    if (!warm)
        co_return false;
    const auto executor = co_await asio::this_coro::executor;
    try {
        auto stream = warm->stream().moved_to(executor);
        warm->attach(std::move(stream));
    } catch (const docker::engine_error&) {
        co_return false;
    }
    run.outcome.timings.warm = true;
    co_await converse(run, *warm);
    co_return run.delivered;
}

/// The parts of the launch are gone before the program runs: an interactive run may wait for minutes.
asio::awaitable<void> runner::run_cold(attempt& run) {
    run.outcome.timings.warm = false;
    auto fresh = co_await bring_up(run);
    if (fresh)
        co_await converse(run, *fresh);
}

/// Returns nullopt if there is no container; the result then says why.
asio::awaitable<std::optional<container>> runner::bring_up(attempt& run) {
    auto& timings = run.outcome.timings;
    for (int launches = 0; launches < most_launches; ++launches) {
        const auto begun = clock::now();
        auto ticket = co_await launcher_.admit(run.admitted_until);
        const auto let_in = clock::now();
        timings.queue += let_in - begun;
        if (!ticket.gate) {
            run.outcome.result = not_admitted(queue_.is_closed());
            co_return std::nullopt;
        }
        auto fresh = co_await launch(run, std::move(ticket));
        timings.acquire += clock::now() - let_in;
        if (fresh)
            co_return fresh;
        const bool granted = co_await is_granted(run);
        if (!granted)
            co_return std::nullopt;
    }
    run.outcome.result = run_failure{run_error::create_failed,
                                     "Failed to create container: its image changed each time one was made"};
    co_return std::nullopt;
}

/// Returns a container of the image that the reference means. Returns nullopt if the reference now means
/// another image, which then becomes the image of the attempt. The container was created by name and got the
/// VOLUMEs of the image that was looked up before, so both must be the same image. Engines do not report
/// every change.
asio::awaitable<std::optional<container>> runner::launch(attempt& run, launch_ticket ticket) {
    std::optional<container> created;
    auto fresh = co_await launcher_.launch(std::move(ticket), *run.image, run.call.from.request,
                                           run.call.from.who->name);
    const auto current = co_await look_up_again(run, fresh);
    if (have_same_containers(*current, *run.image))
        created.emplace(std::move(fresh));
    run.image = current;
    co_return created;
}

asio::awaitable<std::shared_ptr<const resolved_image>> runner::look_up_again(const attempt& run,
                                                                             const container& fresh) {
    const auto asked_since = fresh.is_made_from(run.image->id) ? run.image->asked_at : now_();
    try {
        co_return co_await images_.resolve(run.call.image, asked_since);
    } catch (const docker::engine_error& error) {
        throw launch_error(launch_stage::create, error); // unlike at the first look-up, a container exists
    }
}

asio::awaitable<void> runner::converse(attempt& run, container& in) {
    run.outcome.container = in.name();
    const auto& options = *run.image->options;
    const auto given = handover::now();
    const auto deadline = given.steady_time + times_of(run.call, options).run();
    const auto output = run.new_output(deadline);
    const auto head = run.task_head();
    auto* const more = run.call.interactive ? run.call.interactive->input : nullptr;
    const container_input input{head, run.call.payload, more};
    run.delivered = true;
    const auto talk = co_await docker_run::converse(in.stream(), input, *output, deadline);
    run.outcome.timings.run = clock::now() - given.steady_time;
    pool_.run_ended();

    if (talk.end == conversation_end::settled && output->is_complete())
        in.expect_end(run.image->has_runner ? own_end_patience : other_end_patience);
    std::optional<docker::container_state> state;
    if (talk.end == conversation_end::end_of_stream) {
        in.close_stream();
        state = co_await wait_for_exit(in.id());
    }
    const bool may_have_died_waiting = run.outcome.timings.warm && output->is_untouched();
    run.delivered = !(may_have_died_waiting && had_ended_before(given, handover::now(), state));
    run.outcome.result = output->result(talk, state, limits_in_messages(options, state.has_value()));
}

/// The state of a container whose stream has ended. Returns nullopt if the engine or the container is gone.
asio::awaitable<std::optional<docker::container_state>> runner::wait_for_exit(const std::string& id) {
    const auto patience = clock::now() + exit_patience;
    try {
        for (;;) {
            const auto state = co_await engine_.inspect(id);
            if (state.now != docker::container_state::phase::running || clock::now() >= patience)
                co_return state;
            co_await pause(exit_poll);
        }
    } catch (const docker::engine_error&) { // treated as a broken stream, as the caller sees it
        co_return std::nullopt;
    }
}

} // namespace docker_run
