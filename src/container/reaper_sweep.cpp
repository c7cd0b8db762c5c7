// How the reaper finds leftovers.

#include "async/cancellation.hpp"
#include "async/pause.hpp"
#include "container/reaper.hpp"
#include "container/uid_neighbours.hpp"

#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto sweep_interval = 10s;

} // namespace

asio::awaitable<void> reaper::sweep() {
    const auto known_before = known();
    const auto listed = co_await engine_.list(label::instance);
    auto known_names = known();
    known_names.insert(known_before.begin(), known_before.end()); // also those removed during the list call
    uids_.avoid(users_of_others(listed, known_names));
    const auto names =
        leftovers_.leftovers(listed, instance_, known_names, std::chrono::system_clock::now(), now_());
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

} // namespace docker_run
