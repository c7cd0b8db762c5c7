#include "run/runner.hpp"

#include "async/pause.hpp"
#include "docker/tmpfs_options.hpp"
#include "image/time_budget.hpp"
#include "run/launch_failure.hpp"

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
constexpr auto clock_tolerance = 1ms;
constexpr auto engine_retry = 100ms;
constexpr int most_launches = 3; ///< of one run, if its image changes each time

std::chrono::nanoseconds wall_clock_offset() {
    return std::chrono::system_clock::now().time_since_epoch() - clock::now().time_since_epoch();
}

} // namespace

/// One run in progress.
struct runner::attempt {
    const run_call& call;
    clock::time_point admitted_until;
    std::shared_ptr<const image> of = nullptr;
    run_outcome outcome = {};
    bool delivered = false; ///< the program may have seen the payload: there is no second try
};

runner::runner(run_patience patience, admission_queue& admission, docker::engine& engine,
               engine_limits& limits, image_catalogue& images, launcher& launches, container_pool& pool)
    : patience_(patience), queue_(admission), engine_(engine), limits_(limits), images_(images),
      launcher_(launches), pool_(pool) {}

asio::awaitable<run_outcome> runner::run(const run_call& call, admission_queue::place& place) {
    const auto arrived = clock::now();
    attempt running{.call = call, .admitted_until = arrived + patience_.queue};

    const bool admitted = co_await place.wait_for_worker(running.admitted_until);
    running.outcome.timings.queue = clock::now() - arrived;
    if (!admitted) {
        running.outcome.result = not_admitted(queue_.is_closed());
        co_return std::move(running.outcome);
    }
    co_await run_with_patience(running);
    place.release_worker();
    co_return std::move(running.outcome);
}

/// A proxy needs SERVER_DRAIN_DELAY to notice that /readyz returns 503. During that time a daemon without its
/// engine must not fail at once: it would look like the fastest of all and attract every run.
asio::awaitable<void> runner::run_with_patience(attempt& running) {
    const auto patience = clock::now() + patience_.engine;
    for (;;) {
        const auto tried = clock::now();
        std::optional<run_failure> away;
        try {
            co_await run_with_worker(running);
        } catch (const docker::engine_error& error) {
            running.outcome.result = launch_failure(error);
            if (patience_.engine > 0s && !running.delivered && nothing_was_created(error))
                away = engine_away(error);
        }
        if (!away)
            co_return;
        if (tried >= patience) {
            running.outcome.result = std::move(*away);
            co_return;
        }
        co_await pause(engine_retry);
        running.outcome.timings.queue += clock::now() - tried;
    }
}

asio::awaitable<void> runner::run_with_worker(attempt& running) {
    const auto begun = clock::now();
    running.of = co_await images_.resolve(running.call.image);
    running.outcome.timings.acquire = clock::now() - begun;
    const bool granted = co_await is_granted(running);
    if (!granted)
        co_return;
    const bool done = co_await run_warm(running);
    if (!done)
        co_await run_cold(running);
}

/// Returns false if the image is refused or the engine lacks a limit of its containers. The result then says
/// so.
asio::awaitable<bool> runner::is_granted(attempt& running) {
    const auto& meant = *running.of;
    running.outcome.image = meant.name;
    if (!meant.options ||
        !running.call.from.who->may_run(meant.reference, {meant.id, meant.tags, meant.digests})) {
        running.outcome.result = image_not_allowed(running.call.image);
        co_return false;
    }
    const auto obstacle =
        co_await limits_.refusal_for(running.of->options->container, running.of->has_runner);
    if (obstacle.empty())
        co_return true;
    running.outcome.result = run_failure{run_error::create_failed, "Failed to create container: " + obstacle};
    co_return false;
}

/// Returns false if there was no warm container, or if it had died before it could take the payload.
asio::awaitable<bool> runner::run_warm(attempt& running) {
    auto warm = pool_.take(running.of);
    if (!warm)
        co_return false;
    const auto executor = co_await asio::this_coro::executor;
    try {
        auto stream = warm->stream().moved_to(executor);
        warm->attach(std::move(stream));
    } catch (const docker::engine_error&) {
        co_return false;
    }
    running.outcome.timings.warm = true;
    co_await converse(running, std::move(*warm));
    co_return running.delivered;
}

asio::awaitable<void> runner::run_cold(attempt& running) {
    auto& timings = running.outcome.timings;
    timings.warm = false;
    for (int launches = 0; launches < most_launches; ++launches) {
        const auto begun = clock::now();
        auto ticket = co_await launcher_.admit(running.admitted_until, semaphore::urgency::urgent);
        const auto let_in = clock::now();
        timings.queue += let_in - begun;
        if (!ticket.gate) {
            running.outcome.result = not_admitted(queue_.is_closed());
            co_return;
        }
        auto fresh = co_await launch(running, std::move(ticket));
        timings.acquire += clock::now() - let_in;
        if (fresh) {
            co_await converse(running, std::move(*fresh));
            co_return;
        }
        const bool granted = co_await is_granted(running);
        if (!granted)
            co_return;
    }
    running.outcome.result = run_failure{
        run_error::create_failed, "Failed to create container: its image changed each time one was made"};
}

/// Returns a container of the image that the reference means. Returns nullopt if the reference now means
/// another image; `of` is then that one. The container was created by name and got the VOLUMEs of `of`, so
/// both must belong to the same image. Engines do not report every change.
asio::awaitable<std::optional<container>> runner::launch(attempt& running, launch_ticket ticket) {
    std::optional<container> made;
    auto fresh = co_await launcher_.launch(std::move(ticket), *running.of, running.call.from.request,
                                           running.call.from.who->name);
    const auto current = co_await look_up_again(running);
    if (have_same_containers(*current, *running.of))
        made.emplace(std::move(fresh));
    running.of = current;
    co_return made;
}

asio::awaitable<std::shared_ptr<const image>> runner::look_up_again(const attempt& running) {
    const auto asked_since = clock::now();
    try {
        co_return co_await images_.resolve(running.call.image, asked_since);
    } catch (const docker::engine_error& error) {
        throw launch_error(launch_stage::create, error); // unlike at the first look-up, a container exists
    }
}

asio::awaitable<void> runner::converse(attempt& running, container in) {
    running.outcome.container = in.name();
    const auto& options = *running.of->options;
    run_output output(options.max_output_size);
    const auto listen = [&output](std::string_view bytes) {
        output.feed(bytes);
        return !output.settled();
    };
    const auto offset = wall_clock_offset();
    const auto handed_over = std::chrono::system_clock::now();
    const auto begun = clock::now();
    running.delivered = true;
    const auto talk = co_await in.stream().converse(running.call.payload, listen,
                                                    begun + time_budget(options.max_execution_time).run());
    running.outcome.timings.run = clock::now() - begun;
    pool_.run_ended();

    std::optional<docker::container_state> state;
    if (talk.end == docker::conversation_end::end_of_stream)
        state = co_await look_after(in.id());
    // A waiting container may have died before. The engine reports the end of the container in wall-clock
    // time, so this counts only if nobody set that clock meanwhile.
    const bool died_before = running.outcome.timings.warm && state && output.empty() && state->finished_at &&
                             *state->finished_at + clock_tolerance < handed_over &&
                             std::chrono::abs(wall_clock_offset() - offset) < clock_tolerance;
    running.delivered = !died_before;
    const bool may_be_full = state && !holds_full_tmpfs(options.container); // needed only to explain an end
    running.outcome.result =
        judge(talk, output, state, {options.max_output_size, options.container.memory, !may_be_full});
}

/// The state of a container whose stream has ended. Returns nullopt if the engine or the container is gone.
asio::awaitable<std::optional<docker::container_state>> runner::look_after(const std::string& id) {
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
