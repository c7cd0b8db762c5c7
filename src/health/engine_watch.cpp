#include "health/engine_watch.hpp"

#include "async/cancellation.hpp"
#include "async/pause.hpp"
#include "log/log_exception.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

constexpr auto probe_interval = 2s;
constexpr auto probe_limit = 2s; ///< with the interval: a hanging engine is noticed within 4 s
/// Time for the limits of an engine that is not known to work yet. Podman asks its runtime and the package
/// manager, which takes seconds on a busy host.
constexpr auto limits_patience = 10s;
constexpr auto first_reconnect = 100ms;
constexpr auto longest_reconnect = 2s;

} // namespace

engine_watch::engine_watch(asio::any_io_executor executor, docker::engine& engine, image_catalogue& images,
                           container_pool& pool, engine_limits& limits, const logger& log)
    : engine_(engine), images_(images), pool_(pool), limits_(limits), log_(log),
      tasks_(std::move(executor), log_exceptions(log, "engine_watch")) {}

void engine_watch::start() {
    tasks_.keep_running([this] { return probe(); });
    tasks_.keep_running([this] { return follow_events(); });
}

asio::awaitable<void> engine_watch::wait_until_listening(clock::time_point deadline) {
    co_await connected_.wait(deadline);
}

asio::awaitable<void> engine_watch::probe() {
    for (;;) {
        co_await probe_once();
        co_await pause(probe_interval);
    }
}

asio::awaitable<void> engine_watch::probe_once() {
    std::string reason;
    const auto deadline = clock::now() + probe_limit;
    try {
        co_await engine_.probe(deadline);
        const bool is_checked = limits_.is_checked();
        const auto patience = works_ ? deadline : clock::now() + limits_patience;
        if (!is_checked)
            co_await limits_.check(patience);
    } catch (const std::exception& error) {
        if (is_cancellation(error))
            throw;
        reason = error.what();
    }
    const bool works = reason.empty();
    if (works_.exchange(works) == works)
        co_return;
    if (works)
        log_.write(log_level::info, "engine.up", {});
    else
        log_.write(log_level::error, "engine.down", {{"reason", reason}});
}

asio::awaitable<void> engine_watch::follow_events() {
    std::chrono::milliseconds wait = first_reconnect;
    for (;;) {
        const auto begun = clock::now();
        const auto reason = co_await listen();
        // Without events, everything known about images and waiting containers may be outdated. The engine
        // that comes back may be another one.
        images_.set_events_connected(false);
        pool_.clear();
        engine_.forget_version();
        limits_.invalidate();
        log_.write(log_level::warning, "engine.events.lost", {{"reason", reason}});
        wait = clock::now() - begun > longest_reconnect
                   ? first_reconnect
                   : std::min<std::chrono::milliseconds>(wait * 2, longest_reconnect);
        co_await probe_once(); // a proxy must not wait for the next probe to learn that the engine is gone
        co_await pause(wait);
    }
}

/// Returns the reason when the stream breaks.
asio::awaitable<std::string> engine_watch::listen() {
    try {
        auto events = co_await engine_.image_events();
        images_.set_events_connected(true);
        pool_.images_changed();
        connected_.set();
        log_.write(log_level::info, "engine.events.connected", {});
        for (;;)
            take(co_await events.next());
    } catch (const std::exception& error) {
        if (is_cancellation(error))
            throw;
        co_return error.what();
    }
}

void engine_watch::take(const docker::image_event& event) {
    // Any action on an image may give or take the meaning of one of its names, except actions that only read
    // the image.
    if (event.action == "save" || event.action == "push")
        return;
    images_.invalidate();
    pool_.images_changed();
    log_.write(log_level::info, "image.changed", {{"action", event.action}, {"image_id", event.id}});
}

} // namespace docker_run
