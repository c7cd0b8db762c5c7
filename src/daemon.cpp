#include "daemon.hpp"

#include "cancellation.hpp"
#include "container_count.hpp"
#include "held_signals.hpp"
#include "log_exception.hpp"
#include "pause.hpp"
#include "uid_neighbours.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <csignal>
#include <thread>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto sweep_retry = 1s;
constexpr auto events_patience = 5s; ///< an engine that answers but tells no events is prewarmed all the same
/// Kept back of the stop time, for what is behind the last run: its answer and the removals.
constexpr auto clean_up_reserve = 3s;
/// What a run may take beyond its own time: its container's create and start.
constexpr auto launch_reserve = 2s;
constexpr auto hurried_clean_up = 1500ms;
constexpr auto hurried_launches = 750ms; ///< of it: for creates under way, since one that ends can be removed
/// What a service manager grants on top of the stop time, so that it never kills what is about to end.
constexpr auto supervisor_margin = 10s;

std::size_t cpu_count() {
    return std::max(1U, std::thread::hardware_concurrency());
}

launch_settings settings_for_launches(const config& settings, const std::string& instance) {
    launch_settings wanted;
    wanted.prestart = settings.pool.prestart && settings.pool.enabled;
    wanted.max_idle = settings.pool.enabled ? settings.pool.max_age : 0s;
    wanted.instance = instance;
    return wanted;
}

std::chrono::seconds longest_execution_time(const config& settings) {
    auto longest = settings.run.max_execution_time;
    for (const auto& each : settings.policy.rules)
        longest = std::max(longest, each.options.max_execution_time);
    return longest;
}

launch_limits limits_for_launches(const config& settings) {
    return {most_containers(settings.server, settings.pool), 2 * cpu_count()};
}

} // namespace

daemon::daemon(config settings, std::function<parsed_settings()> read_settings,
               std::optional<int> listening_socket, const logger& log)
    : settings_(std::move(settings)), read_settings_(std::move(read_settings)), log_(log),
      threads_(std::min(settings_.server.worker_threads, cpu_count())),
      instance_(settings_.server.state_directory), figures_(api::route_names()), engine_(settings_.engine),
      reaper_(threads_.main(), engine_, log_, figures_, uids_, instance_.id(), 2 * cpu_count()),
      limits_(settings_, engine_, log_), images_(engine_, image_policy(settings_)),
      launcher_(settings_for_launches(settings_, instance_.id()), limits_for_launches(settings_), engine_,
                reaper_, uids_, log_),
      pool_(settings_.pool, cpu_count(), threads_.main(), launcher_, images_, log_),
      watch_(threads_.main(), engine_, images_, pool_, limits_, log_),
      slots_(settings_.server.worker_threads, settings_.run.queue_size),
      runner_(settings_, slots_, engine_, limits_, images_, launcher_, pool_),
      ready_(watch_, limits_, reaper_),
      // The page only keeps the reference to the server, which is made below.
      page_({settings_, figures_, slots_, pool_, reaper_, engine_, watch_, limits_, ready_, server_, log_}),
      tokens_(settings_.api.access_tokens), versions_(threads_.main(), engine_, log_),
      api_(settings_, tokens_, ready_, versions_, slots_, runner_, figures_, page_, log_),
      server_(threads_, settings_.server,
              {.handle = [this](http::exchange& request) { return api_.handle(request); },
               .is_vital = &api::is_vital,
               .shows_token =
                   [this](const http::request_head& head) { return tokens_.admit(head.fields) != nullptr; },
               .on_answer = [this](const http::answered& facts) { answered(facts); }},
              log_),
      signals_(threads_.main(), SIGTERM, SIGINT), hangups_(threads_.main(), SIGHUP), nap_(threads_.main()),
      hurry_(threads_.main()), preparation_(threads_.main(), log_exceptions(log_, "start")),
      notifier_(threads_.all(), ready_, slots_, pool_, log_) {
    slots_.apply(shares_of(settings_.api.access_tokens));
    if (listening_socket)
        server_.adopt(*listening_socket);
    else
        server_.listen();
}

void daemon::answered(const http::answered& facts) {
    figures_.answered(facts.route, facts.status);
    log_.write(log_level::debug, "request",
               {{"request", facts.request_id}, {"route", facts.route}, {"status", facts.status}});
}

void daemon::run() {
    log_.write(log_level::info, "listening",
               {{"address", server_.endpoint().address().to_string()},
                {"port", static_cast<int>(server_.endpoint().port())},
                {"version", DOCKER_RUN_VERSION},
                {"instance", instance_.id()}});
    if (settings_.server.state_directory.empty())
        log_.write(
            log_level::info, "instance.random",
            {{"reason", "no state directory: after a crash the next start does not know the containers "
                        "as its own, and removes each within a minute after its end"}});
    asio::co_spawn(threads_.main(), stop_on_signal(), asio::detached);
    asio::co_spawn(threads_.main(), reload_on_signal(), asio::detached);
    preparation_.spawn(prepare());
    notifier_.ready();
    release_signals();
    threads_.run();
    hold_signals();
    if (unsupported_)
        throw *unsupported_;
}

asio::awaitable<void> daemon::prepare() {
    watch_.start();
    co_await sweep_leftovers();
    ready_.sweep_done();
    co_await look_for_shared_uids();
    reaper_.start_sweeping();
    co_await watch_.listening(clock::now() + events_patience);
    const bool warm = co_await pool_.prewarm();
    if (!warm)
        co_return;
    ready_.prewarm_done();
    pool_.start();
    log_.write(log_level::info, "ready", {});
}

asio::awaitable<void> daemon::sweep_leftovers() {
    for (bool told = false;; told = true) {
        try {
            co_await reaper_.sweep();
            co_return;
        } catch (const std::exception& error) {
            if (is_cancellation(error))
                throw;
            const auto* said = dynamic_cast<const docker::engine_error*>(&error);
            if (said != nullptr && said->fault() == docker::engine_fault::unsupported)
                give_up(*said);
            else if (!told)
                log_.write(log_level::error, "engine.unusable", {{"reason", error.what()}});
        }
        co_await pause(sweep_retry);
    }
}

/// Two daemons with one range would give two containers one user. Each sees the other's containers at its
/// start, and what is left of one that was killed.
asio::awaitable<void> daemon::look_for_shared_uids() {
    const auto ranges = uid_ranges_of(settings_);
    if (ranges.empty())
        co_return;
    try {
        const auto found = co_await engine_.list(label::instance);
        for (const auto& other : instances_that_share(found, instance_.id(), ranges))
            log_.write(log_level::warning, "uids.shared", {{"other_instance", other}});
    } catch (const docker::engine_error& error) {
        log_.write(log_level::warning, "sweep.failed", {{"reason", error.what()}});
    }
}

/// An engine that is too old is a mistake of the installation, as wrong settings are. Nothing has been ready,
/// and so there is nothing that others would have to hear of first.
void daemon::give_up(const docker::engine_error& reason) {
    if (unsupported_)
        return;
    unsupported_ = reason;
    log_.write(log_level::error, "engine.unsupported", {{"reason", reason.what()}});
    settings_.server.drain_delay = 0s;
    std::raise(SIGTERM);
}

asio::awaitable<void> daemon::reload_on_signal() {
    for (;;) {
        boost::system::error_code cancelled;
        co_await hangups_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
        if (cancelled || stopped_)
            co_return;
        try {
            reload();
        } catch (const std::exception& error) {
            log_.write(log_level::error, "reload.refused", {{"reason", error.what()}});
        }
    }
}

/// All of it or nothing. The files are small and the disk is the host's own: this thread can wait for them.
void daemon::reload() {
    auto read = read_settings_();
    if (const auto* faults = std::get_if<std::vector<setting_fault>>(&read.result)) {
        for (const auto& fault : *faults)
            log_.write(log_level::error, "reload.refused", {{"reason", to_string(fault)}});
        return;
    }
    auto& fresh = std::get<config>(read.result);
    log_.write(log_level::info, "reloaded",
               {{"tokens", fresh.api.access_tokens.size()}, {"policy_rules", fresh.policy.rules.size()}});
    slots_.apply(shares_of(fresh.api.access_tokens));
    tokens_.replace(std::move(fresh.api.access_tokens));
    limits_.apply(fresh);
    images_.apply(image_policy(fresh));
    pool_.images_changed();
    settings_.policy = std::move(fresh.policy);
}

asio::awaitable<void> daemon::stop_on_signal() {
    co_await signals_.async_wait(asio::use_awaitable);
    ready_.drain();
    const auto at_most = settings_.server.drain_delay + settings_.server.stop_timeout;
    stop_deadline_ = clock::now() + at_most;
    notifier_.stopping(at_most + supervisor_margin);
    log_.write(log_level::info, "stopping", {{"drain_delay_s", settings_.server.drain_delay.count()}});
    asio::co_spawn(threads_.main(), hurry_on_signal(), asio::detached);

    co_await sleep_until(clock::now() + settings_.server.drain_delay);
    co_await drain();
    co_await clean_up();
    log_.write(log_level::info, "stopped", {{"left_behind", reaper_.counts().pending}});
    stopped_ = true; // a signal that has been delivered is not cancelled any more
    signals_.cancel();
    hangups_.cancel();
    hurry_.cancel();
    threads_.release();
}

asio::awaitable<void> daemon::hurry_on_signal() {
    boost::system::error_code cancelled;
    co_await signals_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (cancelled || stopped_)
        co_return;
    log_.write(log_level::warning, "stopping.hurried", {});
    in_a_hurry_ = true;
    stop_deadline_ = clock::now() + hurried_clean_up;
    slots_.close();
    server_.cancel_all();
    nap_.cancel();
    hurry_.expires_at(stop_deadline_ - hurried_clean_up + hurried_launches);
    co_await hurry_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (cancelled)
        co_return;
    pool_.cancel();
    hurry_.expires_at(stop_deadline_);
    co_await hurry_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    reaper_.cancel();
}

/// Every run that was accepted gets its turn while there is time for it.
asio::awaitable<void> daemon::drain() {
    server_.stop_accepting();
    server_.drain();
    const auto time_for_a_run = longest_execution_time(settings_) + launch_reserve + clean_up_reserve;
    bool ended = co_await sessions_end(stop_deadline_ - time_for_a_run);
    if (ended)
        co_return;
    slots_.close();
    ended = co_await sessions_end(stop_deadline_ - clean_up_reserve);
    if (ended)
        co_return;
    server_.cancel_all();
    co_await sessions_end(stop_deadline_);
}

/// False: `deadline` passed or a second signal came, and sessions are left.
asio::awaitable<bool> daemon::sessions_end(clock::time_point deadline) {
    using namespace asio::experimental::awaitable_operators;
    const auto until =
        in_a_hurry_ ? stop_deadline_ : deadline; // g++ 12 breaks a `?:` inside the co_await expression
    const auto first = co_await (server_.wait_until_closed() || sleep_until(until));
    co_return first.index() == 0;
}

/// The reaper comes last: whoever owns a container has handed it over by then.
asio::awaitable<void> daemon::clean_up() {
    preparation_.cancel(); // it owns none
    versions_.cancel();
    pool_.stop();
    const auto left = std::max<clock::duration>(stop_deadline_ - clock::now(), 0s);
    const auto reserve = std::min<clock::duration>(clean_up_reserve, left / 2);
    co_await pool_.stopped(stop_deadline_ - reserve);
    const bool settled = co_await reaper_.settled(stop_deadline_);
    if (!settled)
        log_.write(log_level::error, "stopped.with_leftovers", {{"containers", reaper_.counts().pending}});
    watch_.stop();
    notifier_.stop();
    reaper_.cancel();
}

asio::awaitable<void> daemon::sleep_until(clock::time_point when) {
    boost::system::error_code woken;
    nap_.expires_at(when);
    co_await nap_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

} // namespace docker_run
