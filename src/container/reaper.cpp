#include "container/reaper.hpp"

#include "async/alarm_clock.hpp"
#include "async/cancellation.hpp"
#include "async/pause.hpp"
#include "container/uid_neighbours.hpp"
#include "image/time_budget.hpp"
#include "log/log_exception.hpp"

#include <algorithm>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

constexpr auto sweep_interval = 10s;
/// How long the first attempt waits for a permit. The program in the container may still run, and no run may
/// exceed its limit by more than a second. The existence permits limit how many attempts continue without
/// one.
constexpr auto first_patience = 500ms;
constexpr auto look_again = 1s; ///< pause before checking for stuck removals again
/// How many names may be watched for a late create without an existence permit.
constexpr std::size_t max_watched_names = 256;

} // namespace

/// A removal in progress. It is not movable, because its alarm points to it.
struct reaper::removal {
    explicit removal(removal_job wanted) : job(std::move(wanted)), course(job.may_appear_later) {}

    removal_job job;
    removal_course course;
    clock::time_point begun = clock::now();
    bool tried = false;
    bool stuck = false;             ///< counted as stuck
    bool watched_name_only = false; ///< counted as such
    work_budget::turn turn;         ///< of the current attempt; empty if it runs without a permit
    alarm_clock stuck_alarm;
};

reaper::reaper(const asio::any_io_executor& executor, docker::engine& engine, const logger& log,
               removal_observer on_removed, uid_allocator& uids, std::string instance,
               std::size_t concurrency)
    : executor_(executor), engine_(engine), log_(log), on_removed_(std::move(on_removed)), uids_(uids),
      instance_(std::move(instance)), first_attempts_(concurrency), others_(concurrency, concurrency),
      leftovers_(longest_creation(engine.limits())), removals_(executor, log_exceptions(log, "reaper")),
      sweeps_(executor, log_exceptions(log, "reaper")) {}

void reaper::track(const std::string& name) {
    const mutex_lock lock(mutex_);
    known_.insert(name);
}

void reaper::forget(const std::string& name) {
    const mutex_lock lock(mutex_);
    known_.erase(name);
}

void reaper::remove(removal_job job) noexcept {
    {
        const mutex_lock lock(mutex_);
        ++counts_.pending;
    }
    removals_.spawn(remove_until_gone(std::move(job)));
}

asio::awaitable<void> reaper::remove_until_gone(removal_job job) {
    removal at(std::move(job));
    for (;;) {
        const auto outcome = co_await attempt(at);
        at.turn = {};
        const auto wait = at.course.next(outcome, clock::now());
        if (!wait)
            break;
        if (at.course.is_absent())
            watch_name_only(at);
        co_await pause(*wait);
    }
    finish(at);
}

asio::awaitable<removal_outcome> reaper::attempt(removal& at) {
    at.turn = co_await turn_for(at);
    at.tried = true;
    at.course.begin(clock::now());
    watch(at);
    try {
        const auto outcome = co_await ask(at.job);
        if (outcome == removal_outcome::gone)
            at.turn.complete();
        co_return outcome;
    } catch (const docker::engine_error& error) {
        if (at.job.keep && error.is_client_error()) // it has already ended or does not exist
            co_return removal_outcome::gone;
        attempt_failed(at.job, error.what());
        const bool away = error.fault() == docker::engine_fault::unreachable ||
                          error.fault() == docker::engine_fault::unsupported;
        co_return away ? removal_outcome::unreachable : removal_outcome::failed;
    } catch (const std::exception& error) {
        if (is_cancellation(error))
            throw;
        attempt_failed(at.job, error.what());
        co_return removal_outcome::failed;
    }
}

/// An empty turn means that the removal continues without a permit.
asio::awaitable<work_budget::turn> reaper::turn_for(removal& at) {
    if (!at.tried && !at.job.leftover)
        co_return co_await first_attempts_.acquire(clock::now() + first_patience);
    const auto how = at.tried ? semaphore::urgency::urgent : semaphore::urgency::normal;
    while (!at.stuck) {
        const auto until = std::max(clock::now() + look_again, at.course.stuck_from());
        auto turn = co_await others_.acquire(until, how);
        if (turn)
            co_return turn;
    }
    co_return work_budget::turn();
}

asio::awaitable<removal_outcome> reaper::ask(const removal_job& job) {
    if (job.keep) {
        co_await engine_.kill(job.name);
        co_return removal_outcome::gone;
    }
    const auto answer = co_await engine_.remove(job.name);
    if (answer == docker::removal::removed)
        co_return removal_outcome::gone;
    co_return answer == docker::removal::absent ? removal_outcome::absent : removal_outcome::in_progress;
}

/// The alarm also works during a call: one call may take longer than the time after which a removal is stuck.
void reaper::watch(removal& at) {
    if (!at.stuck)
        at.stuck_alarm.set(executor_, at.course.stuck_from() - clock::now(), [this, &at] { call_stuck(at); });
}

void reaper::call_stuck(removal& at) {
    if (at.course.stuck_from() > clock::now()) // engine was away, or has no such container
        return;
    {
        const mutex_lock lock(mutex_);
        at.stuck = counts_.stuck < max_stuck_containers;
        if (at.stuck)
            ++counts_.stuck;
    }
    if (!at.stuck)
        return at.stuck_alarm.set(executor_, look_again, [this, &at] { call_stuck(at); });
    at.course.slow_down();
    at.turn = {};
    const auto released = std::move(at.job.existence);
    log_.write(log_level::error, "container.remove.stuck",
               {{"container", at.job.name}, {"since_ms", clock::now() - at.begun}});
}

/// A container that does not exist needs no existence permit.
void reaper::watch_name_only(removal& at) {
    if (!at.job.existence)
        return;
    {
        const mutex_lock lock(mutex_);
        if (watched_names_ >= max_watched_names)
            return;
        ++watched_names_;
    }
    at.watched_name_only = true;
    const auto released = std::move(at.job.existence);
}

void reaper::attempt_failed(const removal_job& job, const char* reason) {
    log_.write(log_level::warning, "container.remove.failed", {{"container", job.name}, {"reason", reason}});
    const mutex_lock lock(mutex_);
    ++counts_.retried;
}

void reaper::finish(const removal& at) {
    forget(at.job.name);
    const auto time = clock::now() - at.begun;
    on_removed_(time);
    log_.write(log_level::debug, "container.removed", {{"container", at.job.name}, {"remove_ms", time}});
    const mutex_lock lock(mutex_);
    --counts_.pending;
    ++counts_.removed;
    if (at.stuck)
        --counts_.stuck;
    if (at.watched_name_only)
        --watched_names_;
}

asio::awaitable<void> reaper::sweep() {
    const auto known_before = known();
    const auto listed = co_await engine_.list(label::instance);
    auto known_names = known();
    known_names.insert(known_before.begin(), known_before.end()); // also those removed during the list call
    uids_.avoid(users_of_others(listed, known_names));
    const auto names =
        leftovers_.leftovers(listed, instance_, known_names, std::chrono::system_clock::now(), clock::now());
    for (const auto& name : names) {
        log_.write(log_level::warning, "container.swept", {{"container", name}});
        track(name);
        removal_job job;
        job.name = name;
        job.leftover = true;
        remove(std::move(job));
    }
    const mutex_lock lock(mutex_);
    counts_.swept += names.size();
}

void reaper::start_sweeping() {
    sweeps_.spawn(sweep_periodically());
}

asio::awaitable<void> reaper::sweep_periodically() {
    for (;;) {
        co_await pause(sweep_interval);
        try {
            co_await sweep();
        } catch (const std::exception& error) {
            if (is_cancellation(error))
                throw;
            log_.write(log_level::warning, "sweep.failed", {{"reason", error.what()}});
        }
    }
}

asio::awaitable<bool> reaper::settled(clock::time_point deadline) {
    co_return co_await removals_.finished(deadline);
}

void reaper::cancel() {
    sweeps_.cancel();
    removals_.cancel();
}

reaper_counts reaper::counts() const {
    const mutex_lock lock(mutex_);
    return counts_;
}

std::set<std::string> reaper::known() const {
    const mutex_lock lock(mutex_);
    return known_;
}

} // namespace docker_run
