#include "daemon/daemon.hpp"

#include "api/endpoints.hpp"
#include "async/cancellation.hpp"
#include "async/pause.hpp"
#include "container/uid_neighbours.hpp"
#include "image/time_budget.hpp"
#include "log/log_exception.hpp"
#include "settings/container_kinds.hpp"
#include "settings/run_stack_settings.hpp"
#include "system/held_signals.hpp"

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
constexpr auto events_patience = 5s; ///< an engine that answers but sends no events is prewarmed anyway
constexpr auto forced_clean_up = 1500ms;
/// The part of it for create calls in progress: the container of a create call that ends can be removed.
constexpr auto forced_launches = 750ms;
/// The service manager is asked for this much more than the stop timeout. So it never kills a daemon that is
/// about to end.
constexpr auto supervisor_margin = 10s;

std::size_t cpu_count() {
    return std::max(1U, std::thread::hardware_concurrency());
}

std::chrono::seconds longest_execution_time(const config& settings) {
    auto longest = settings.run.max_execution_time;
    for (const auto& each : settings.policy.rules)
        longest = std::max(longest, each.options.max_execution_time);
    return longest;
}

} // namespace

daemon::daemon(config settings, std::function<parsed_settings()> read_settings,
               std::optional<int> listening_socket, const logger& log)
    : settings_(std::move(settings)), read_settings_(std::move(read_settings)), log_(log),
      threads_(std::min(settings_.daemon.worker_threads, cpu_count())),
      instance_(settings_.daemon.state_directory),
      stack_(
          threads_.main(), run_stack_settings(settings_, instance_.id(), cpu_count()),
          [this](clock::duration time) { figures_.container_removed(time); }, log_),
      watch_(threads_.main(), stack_.engine, stack_.images, stack_.pool, stack_.limits, log_),
      ready_(watch_, stack_.limits, stack_.removals),
      // The page only stores the reference to the server, which is constructed below.
      page_({settings_.daemon.worker_threads, settings_.run.queue_size, settings_.server.max_connections,
             figures_, stack_.admission, stack_.pool, stack_.removals, stack_.engine, watch_, stack_.limits,
             ready_, server_, log_}),
      tokens_(settings_.api.access_tokens), versions_(threads_.main(), stack_.engine, log_),
      runs_(stack_.admission, stack_.runs, figures_, log_),
      api_(tokens_, log_,
           {root_route(), version_route(versions_), run_route(runs_, settings_.server.max_body_size),
            liveness_route(), readiness_route(ready_), metrics_route(page_)}),
      server_(threads_, settings_.server,
              {.handle = [this](http::exchange& request) { return api_.handle(request); },
               .is_vital = [this](const http::request_head& head) { return api_.is_vital(head); },
               .shows_token =
                   [this](const http::request_head& head) { return tokens_.admit(head.fields) != nullptr; },
               .on_answer = [this](const http::answered& facts) { answered(facts); }},
              log_),
      signals_(threads_.main(), SIGTERM, SIGINT), hangups_(threads_.main(), SIGHUP),
      drain_timer_(threads_.main()), forced_stop_timer_(threads_.main()),
      preparation_(threads_.main(), log_exceptions(log_, "start")),
      notifier_(threads_.all(), ready_, stack_.admission, stack_.pool, log_) {
    stack_.admission.apply(shares_of(settings_.api.access_tokens));
    if (listening_socket)
        server_.adopt(*listening_socket);
    else
        server_.listen();
}

void daemon::answered(const http::answered& facts) {
    figures_.count_response(facts.route, facts.status);
    log_.write(log_level::debug, "request",
               {{"request", facts.request_id}, {"route", facts.route}, {"status", facts.status}});
}

void daemon::run() {
    log_.write(log_level::info, "listening",
               {{"address", server_.endpoint().address().to_string()},
                {"port", static_cast<int>(server_.endpoint().port())},
                {"version", DOCKER_RUN_VERSION},
                {"instance", instance_.id()}});
    if (settings_.daemon.state_directory.empty())
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
    stack_.removals.start_sweeping();
    co_await watch_.listening(clock::now() + events_patience);
    const bool warm = co_await stack_.pool.prewarm();
    if (!warm)
        co_return;
    ready_.prewarm_done();
    stack_.pool.start();
    log_.write(log_level::info, "ready", {});
}

asio::awaitable<void> daemon::sweep_leftovers() {
    for (bool told = false;; told = true) {
        try {
            co_await stack_.removals.sweep();
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

/// Two daemons with the same range would give two containers the same user. At its start each daemon sees the
/// containers of the other one, and those that a killed daemon left.
asio::awaitable<void> daemon::look_for_shared_uids() {
    const auto ranges = uid_ranges_of(settings_);
    if (ranges.empty())
        co_return;
    try {
        const auto found = co_await stack_.engine.list(label::instance);
        for (const auto& other : instances_that_share(found, instance_.id(), ranges))
            log_.write(log_level::warning, "uids.shared", {{"other_instance", other}});
    } catch (const docker::engine_error& error) {
        log_.write(log_level::warning, "sweep.failed", {{"reason", error.what()}});
    }
}

/// An engine that is too old is an error of the installation, like wrong settings. The daemon has not been
/// ready yet, so no other system has to learn of this first.
void daemon::give_up(const docker::engine_error& reason) {
    if (unsupported_)
        return;
    unsupported_ = reason;
    log_.write(log_level::error, "engine.unsupported", {{"reason", reason.what()}});
    settings_.daemon.drain_delay = 0s;
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

/// Applies all of it or nothing. The files are small and on the host's own disk, so this thread can wait for
/// them.
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
    stack_.admission.apply(shares_of(fresh.api.access_tokens));
    tokens_.replace(std::move(fresh.api.access_tokens));
    stack_.limits.apply(containers_of(fresh));
    stack_.images.apply(policy_of(fresh));
    stack_.pool.images_changed();
    settings_.policy = std::move(fresh.policy);
}

asio::awaitable<void> daemon::stop_on_signal() {
    co_await signals_.async_wait(asio::use_awaitable);
    ready_.drain();
    const auto at_most = settings_.daemon.drain_delay + settings_.daemon.stop_timeout;
    stop_deadline_ = clock::now() + at_most;
    notifier_.stopping(at_most + supervisor_margin);
    log_.write(log_level::info, "stopping", {{"drain_delay_s", settings_.daemon.drain_delay.count()}});
    asio::co_spawn(threads_.main(), force_stop_on_signal(), asio::detached);

    co_await sleep_until(clock::now() + settings_.daemon.drain_delay);
    co_await drain();
    co_await clean_up();
    log_.write(log_level::info, "stopped", {{"left_behind", stack_.removals.counts().pending}});
    stopped_ = true; // a signal that has already been delivered can no longer be cancelled
    signals_.cancel();
    hangups_.cancel();
    forced_stop_timer_.cancel();
    threads_.release();
}

asio::awaitable<void> daemon::force_stop_on_signal() {
    boost::system::error_code cancelled;
    co_await signals_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (cancelled || stopped_)
        co_return;
    log_.write(log_level::warning, "stopping.hurried", {});
    forced_stop_ = true;
    stop_deadline_ = clock::now() + forced_clean_up;
    stack_.admission.close();
    server_.cancel_all();
    drain_timer_.cancel();
    forced_stop_timer_.expires_at(stop_deadline_ - forced_clean_up + forced_launches);
    co_await forced_stop_timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (cancelled)
        co_return;
    stack_.pool.cancel();
    forced_stop_timer_.expires_at(stop_deadline_);
    co_await forced_stop_timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    stack_.removals.cancel();
}

/// Every accepted run gets its turn while there is time for it.
asio::awaitable<void> daemon::drain() {
    server_.stop_accepting();
    server_.drain();
    const auto time_for_a_run = time_budget(longest_execution_time(settings_)).drain();
    bool ended = co_await sessions_end(stop_deadline_ - time_for_a_run);
    if (ended)
        co_return;
    stack_.admission.close();
    ended = co_await sessions_end(stop_deadline_ - clean_up_time);
    if (ended)
        co_return;
    server_.cancel_all();
    co_await sessions_end(stop_deadline_);
}

/// Returns false if sessions are left because `deadline` passed or a second signal came.
asio::awaitable<bool> daemon::sessions_end(clock::time_point deadline) {
    using namespace asio::experimental::awaitable_operators;
    const auto until =
        forced_stop_ ? stop_deadline_ : deadline; // g++ 12 breaks a `?:` inside the co_await expression
    const auto first = co_await (server_.wait_until_closed() || sleep_until(until));
    co_return first.index() == 0;
}

/// The reaper stops last: by then every owner of a container has handed it over.
asio::awaitable<void> daemon::clean_up() {
    preparation_.cancel(); // it owns no container
    versions_.cancel();
    stack_.pool.stop();
    const auto left = std::max<clock::duration>(stop_deadline_ - clock::now(), 0s);
    const auto reserve = std::min<clock::duration>(clean_up_time, left / 2);
    co_await stack_.pool.stopped(stop_deadline_ - reserve);
    const bool settled = co_await stack_.removals.settled(stop_deadline_);
    if (!settled)
        log_.write(log_level::error, "stopped.with_leftovers",
                   {{"containers", stack_.removals.counts().pending}});
    watch_.stop();
    notifier_.stop();
    stack_.removals.cancel();
}

asio::awaitable<void> daemon::sleep_until(clock::time_point when) {
    boost::system::error_code woken;
    drain_timer_.expires_at(when);
    co_await drain_timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

} // namespace docker_run
