#include "container/reaper.hpp"

#include "async/alarm_clock.hpp"
#include "async/cancellation.hpp"
#include "async/pause.hpp"
#include "image/time_budget.hpp"
#include "log/log_exception.hpp"

#include <algorithm>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

/// How long the first attempt waits for a permit. The program in the container may still run, and no run may
/// exceed its limit by more than a second. The existence permits limit how many attempts continue without
/// one.
constexpr auto first_patience = 500ms;
constexpr auto look_again = 1s; ///< pause before checking for stuck removals again
/// How many names may be watched for a late create without an existence permit.
constexpr std::size_t max_watched_names = 256;

/// The time in `wait` by the clock of the timers. Never, if that clock does not count so far.
clock::time_point deadline_after(clock::duration wait) {
    const auto now = clock::now();
    return wait < clock::time_point::max() - now ? now + wait : clock::time_point::max();
}

} // namespace

/// A removal in progress. It is not movable, because its alarm points to it.
struct reaper::removal {
    removal(removal_job task, clock::time_point now)
        : job(std::move(task)), course(job.may_appear_later), begun_at(now) {}

    removal_job job;
    removal_course course;
    clock::time_point begun_at;
    bool tried = false;
    bool stuck = false;             ///< counted as stuck
    bool watched_name_only = false; ///< counted as such
    work_budget::turn turn;         ///< of the current attempt; empty if it runs without a permit
    alarm_clock stuck_alarm;
};

reaper::reaper(const asio::any_io_executor& executor, docker::engine& engine, const logger& log,
               removal_observer on_removed, uid_allocator& uids, std::string instance, removal_limits limits,
               time_source now)
    : executor_(executor), engine_(engine), log_(log), on_removed_(std::move(on_removed)), uids_(uids),
      instance_(std::move(instance)), now_(std::move(now)), ends_(limits.max_ends),
      first_attempts_(limits.engine_work), others_permits_(limits.retries),
      others_(others_permits_, limits.retries), leftovers_(longest_creation(engine.limits())),
      removals_(executor, log_exceptions(log, "reaper")), sweeps_(executor, log_exceptions(log, "reaper")) {}

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
    if (job.ending)
        co_await wait_for_end(job);
    removal current(std::move(job), now_());
    for (;;) {
        const auto outcome = co_await attempt(current);
        current.turn = {};
        const auto wait = current.course.next(outcome, now_());
        if (!wait)
            break;
        if (current.course.is_absent())
            watch_name_only(current);
        co_await pause(*wait);
    }
    finish(current);
}

/// A wait that fails is no reason to keep the container.
asio::awaitable<void> reaper::wait_for_end(removal_job& job) {
    auto stream = std::move(*job.ending);
    job.ending.reset();
    try {
        co_await ends_.wait(std::move(stream), job.end_patience);
    } catch (const std::exception& error) {
        if (is_cancellation(error))
            throw;
    }
}

asio::awaitable<removal_outcome> reaper::attempt(removal& current) {
    current.turn = co_await turn_for(current);
    current.tried = true;
    current.course.begin(now_());
    watch(current);
    try {
        const auto outcome = co_await ask(current.job);
        if (outcome == removal_outcome::gone)
            current.turn.complete();
        co_return outcome;
    } catch (const docker::engine_error& error) {
        if (current.job.keep && error.is_client_error()) // it has already ended or does not exist
            co_return removal_outcome::gone;
        attempt_failed(current.job, error.what());
        const bool away = error.fault() == docker::engine_fault::unreachable ||
                          error.fault() == docker::engine_fault::unsupported;
        co_return away ? removal_outcome::unreachable : removal_outcome::failed;
    } catch (const std::exception& error) {
        if (is_cancellation(error))
            throw;
        attempt_failed(current.job, error.what());
        co_return removal_outcome::failed;
    }
}

/// An empty turn means that the removal continues without a permit.
asio::awaitable<work_budget::turn> reaper::turn_for(removal& current) {
    if (!current.tried && !current.job.leftover)
        co_return co_await first_attempts_.acquire(clock::now() + first_patience);
    const auto urgency = current.tried ? semaphore::urgency::urgent : semaphore::urgency::normal;
    while (!current.stuck) {
        const auto wait = std::max<clock::duration>(look_again, current.course.stuck_from() - now_());
        auto turn = co_await others_.acquire(deadline_after(wait), urgency);
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
void reaper::watch(removal& current) {
    if (!current.stuck)
        current.stuck_alarm.set(executor_, current.course.stuck_from() - now_(),
                                [this, &current] { call_stuck(current); });
}

void reaper::call_stuck(removal& current) {
    if (current.course.stuck_from() > now_()) // engine was away, or has no such container
        return;
    {
        const mutex_lock lock(mutex_);
        current.stuck = counts_.stuck < max_stuck_containers;
        if (current.stuck)
            ++counts_.stuck;
    }
    if (!current.stuck)
        return current.stuck_alarm.set(executor_, look_again, [this, &current] { call_stuck(current); });
    current.course.slow_down();
    current.turn = {};
    const auto released = std::move(current.job.existence);
    log_.write(log_level::error, "container.remove.stuck",
               {{"container", current.job.name}, {"since_ms", now_() - current.begun_at}});
}

/// A container that does not exist needs no existence permit.
void reaper::watch_name_only(removal& current) {
    if (!current.job.existence)
        return;
    {
        const mutex_lock lock(mutex_);
        if (watched_names_ >= max_watched_names)
            return;
        ++watched_names_;
    }
    current.watched_name_only = true;
    const auto released = std::move(current.job.existence);
}

void reaper::attempt_failed(const removal_job& job, const char* reason) {
    log_.write(log_level::warning, "container.remove.failed", {{"container", job.name}, {"reason", reason}});
    const mutex_lock lock(mutex_);
    ++counts_.retried;
}

void reaper::finish(const removal& current) {
    forget(current.job.name);
    const auto time = now_() - current.begun_at;
    on_removed_(time);
    log_.write(log_level::debug, "container.removed", {{"container", current.job.name}, {"remove_ms", time}});
    const mutex_lock lock(mutex_);
    --counts_.pending;
    ++counts_.removed;
    if (current.stuck)
        --counts_.stuck;
    if (current.watched_name_only)
        --watched_names_;
}

asio::awaitable<bool> reaper::wait_until_settled(clock::time_point deadline) {
    co_return co_await removals_.wait_until_finished(deadline);
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
