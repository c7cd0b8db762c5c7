#include "daemon/start_sequence.hpp"

#include "async/cancellation.hpp"
#include "async/pause.hpp"
#include "container/uid_neighbours.hpp"
#include "log/log_exception.hpp"
#include "settings/container_kinds.hpp"

#include <chrono>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

constexpr auto sweep_retry = 1s;
constexpr auto events_patience = 5s; ///< an engine that answers but sends no events is prewarmed anyway

} // namespace

start_sequence::start_sequence(const asio::any_io_executor& executor, const parts& daemon,
                               std::function<void(const docker::engine_error&)> on_unsupported)
    : parts_(daemon), on_unsupported_(std::move(on_unsupported)),
      tasks_(executor, log_exceptions(daemon.log, "start")) {}

void start_sequence::begin() {
    tasks_.spawn(prepare());
}

asio::awaitable<void> start_sequence::prepare() {
    auto& stack = parts_.stack;
    parts_.watch.start();
    co_await sweep_leftovers();
    parts_.ready.sweep_done();
    co_await warn_of_shared_uids();
    stack.removals.start_sweeping();
    co_await parts_.watch.wait_until_listening(clock::now() + events_patience);
    const bool warm = co_await stack.pool.prewarm();
    if (!warm)
        co_return;
    parts_.ready.prewarm_done();
    stack.pool.start();
    parts_.log.write(log_level::info, "ready", {});
}

asio::awaitable<void> start_sequence::sweep_leftovers() {
    for (bool is_repeated = false;; is_repeated = true) {
        try {
            co_await parts_.stack.removals.sweep();
            co_return;
        } catch (const std::exception& error) {
            if (is_cancellation(error))
                throw;
            const auto* reply = dynamic_cast<const docker::engine_error*>(&error);
            if (reply != nullptr && reply->fault() == docker::engine_fault::unsupported)
                on_unsupported_(*reply);
            else if (!is_repeated)
                parts_.log.write(log_level::error, "engine.unusable", {{"reason", error.what()}});
        }
        co_await pause(sweep_retry);
    }
}

/// Two daemons with the same range would give two containers the same user. At its start each daemon sees the
/// containers of the other one, and those that a killed daemon left.
asio::awaitable<void> start_sequence::warn_of_shared_uids() {
    const auto ranges = uid_ranges_of(parts_.settings);
    if (ranges.empty())
        co_return;
    try {
        const auto containers = co_await parts_.stack.engine.list(label::instance);
        for (const auto& other : instances_that_share(containers, parts_.own_instance.id(), ranges))
            parts_.log.write(log_level::warning, "uids.shared", {{"other_instance", other}});
    } catch (const docker::engine_error& error) {
        parts_.log.write(log_level::warning, "sweep.failed", {{"reason", error.what()}});
    }
}

} // namespace docker_run
