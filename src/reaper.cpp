#include "reaper.hpp"

#include "log_exception.hpp"
#include "pause.hpp"

#include <algorithm>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

constexpr auto first_pause = 100ms; ///< before the second try; doubled with each
constexpr auto longest_pause = 5s;
constexpr auto sweep_interval = 10s;
/// The engine carries out a create whose caller is gone (measured on a stopped engine, after it went on). It
/// then takes seconds at most; what comes later still is a sweep's.
constexpr auto late_create_window = 15s; ///< from the engine's first answer on
constexpr auto late_create_poll = 1s;

} // namespace

reaper::reaper(const asio::any_io_executor& executor, docker::engine& engine, const logger& log,
               metrics& figures, std::string instance, std::size_t concurrency)
    : engine_(engine), log_(log), figures_(figures), instance_(std::move(instance)),
      concurrency_(concurrency), removals_(executor, log_exceptions(log, "reaper")),
      sweeps_(executor, log_exceptions(log, "reaper")) {}

void reaper::track(const std::string& name) {
    const std::lock_guard lock(mutex_);
    known_.insert(name);
}

void reaper::forget(const std::string& name) {
    const std::lock_guard lock(mutex_);
    known_.erase(name);
}

void reaper::remove(removal_job job) noexcept {
    {
        const std::lock_guard lock(mutex_);
        ++counts_.pending;
    }
    removals_.spawn(remove_until_gone(std::move(job)));
}

asio::awaitable<void> reaper::remove_until_gone(removal_job job) {
    const auto begun = clock::now();
    std::chrono::milliseconds wait = first_pause;
    const auto longest = job.may_appear_later ? std::chrono::milliseconds(late_create_poll) : longest_pause;
    auto patience = clock::time_point::max();
    for (;;) {
        const auto outcome = co_await try_remove(job);
        if (outcome == attempt::gone || (outcome == attempt::absent && !job.may_appear_later))
            break;
        if (outcome == attempt::absent)
            patience = std::min(patience, clock::now() + late_create_window);
        if (clock::now() >= patience)
            break;
        co_await pause(wait);
        wait = std::min(wait * 2, longest);
    }
    forget(job.name);
    const auto time = clock::now() - begun;
    figures_.container_removed(time);
    log_.write(log_level::debug, "container.removed", {{"container", job.name}, {"remove_ms", time}});
    const std::lock_guard lock(mutex_);
    --counts_.pending;
    ++counts_.removed;
}

asio::awaitable<reaper::attempt> reaper::try_remove(const removal_job& job) {
    const auto permit = co_await concurrency_.acquire(clock::time_point::max(), semaphore::urgency::normal);
    try {
        if (job.keep) {
            co_await engine_.kill(job.name);
            co_return attempt::gone;
        }
        const auto answer = co_await engine_.remove(job.name);
        if (answer == docker::removal::removed)
            co_return attempt::gone;
        if (answer == docker::removal::absent)
            co_return attempt::absent;
    } catch (const docker::engine_error& error) {
        if (job.keep && error.is_client_error()) // it has ended already, or it is not there
            co_return attempt::gone;
        log_.write(log_level::warning, "container.remove.failed",
                   {{"container", job.name}, {"reason", error.what()}});
    }
    const std::lock_guard lock(mutex_);
    ++counts_.retried;
    co_return attempt::failed;
}

asio::awaitable<void> reaper::sweep() {
    const auto known_before = known();
    const auto found = co_await engine_.list(label::instance);
    auto known_names = known();
    known_names.insert(known_before.begin(), known_before.end()); // removed while the list was on its way
    const auto names =
        overdue_.leftovers(found, instance_, known_names, std::chrono::system_clock::now(), clock::now());
    for (const auto& name : names) {
        log_.write(log_level::warning, "container.swept", {{"container", name}});
        track(name);
        removal_job job;
        job.name = name;
        remove(std::move(job));
    }
    const std::lock_guard lock(mutex_);
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
        } catch (const docker::engine_error& error) {
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
    const std::lock_guard lock(mutex_);
    return counts_;
}

std::set<std::string> reaper::known() const {
    const std::lock_guard lock(mutex_);
    return known_;
}

} // namespace docker_run
