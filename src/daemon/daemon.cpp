#include "daemon/daemon.hpp"

#include "api/endpoints.hpp"
#include "image/time_budget.hpp"
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

/// `/run`, with interactive runs if there are any.
route run_resource(run_service& runs, const config& settings) {
    auto resource = run_route(runs, settings.server.max_body_size);
    if (settings.run.interactive_max > 0)
        resource.upgrade =
            interactive_endpoint(runs, {settings.api.allowed_origins,
                                        {settings.server.header_timeout, settings.run.max_execution_time}});
    return resource;
}

} // namespace

daemon::daemon(config settings, std::function<parsed_settings()> read_settings,
               std::optional<int> listening_socket, const logger& log)
    : settings_(std::move(settings)), read_settings_(std::move(read_settings)), log_(log),
      threads_(std::min(settings_.daemon.worker_threads, cpu_count())),
      instance_(settings_.daemon.state_directory),
      stack_(
          threads_.main(), run_stack_settings(settings_, instance_.id(), cpu_count()),
          [this](clock::duration time) { metrics_.container_removed(time); }, log_),
      watch_(threads_.main(), stack_.engine, stack_.images, stack_.pool, stack_.limits, log_),
      ready_(watch_, stack_.limits, stack_.removals),
      // The page only stores the reference to the server, which is constructed below.
      page_({settings_.daemon.worker_threads, settings_.run.queue_size, settings_.run.interactive_max,
             settings_.server.max_connections, metrics_, stack_.admission, stack_.pool, stack_.removals,
             stack_.engine, watch_, stack_.limits, ready_, server_, log_}),
      tokens_(settings_.api.access_tokens), versions_(threads_.main(), stack_.engine, log_),
      runs_(stack_.admission, stack_.runs, metrics_, log_),
      api_(tokens_, log_,
           {root_route(), version_route(versions_), run_resource(runs_, settings_), liveness_route(),
            readiness_route(ready_), metrics_route(page_)}),
      server_(
          threads_, settings_.server,
          {.handle = [this](http::exchange& request) { return api_.handle(request); },
           .is_vital = [this](const http::request_head& head) { return api_.is_vital(head); },
           .shows_token = [this](const http::request_head& head) { return tokens_.admit(head) != nullptr; },
           .on_response = [this](const http::response_facts& facts) { count_response(facts); }},
          log_),
      signals_(threads_.main(), SIGTERM, SIGINT), hangups_(threads_.main(), SIGHUP),
      start_(threads_.main(), {settings_, instance_, stack_, watch_, ready_, log_},
             [this](const docker::engine_error& reason) { abort_start(reason); }),
      notifier_(threads_.all(), ready_, stack_.admission, stack_.pool, log_) {
    stack_.admission.apply(shares_of(settings_.api.access_tokens));
    if (listening_socket)
        server_.adopt(*listening_socket);
    else
        server_.listen();
}

void daemon::count_response(const http::response_facts& facts) {
    metrics_.count_response(facts.route, facts.status);
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
    start_.begin();
    notifier_.ready();
    release_signals();
    threads_.run();
    hold_signals();
    if (unsupported_)
        throw *unsupported_;
}

/// An engine that is too old is an error of the installation, like wrong settings. The daemon has not been
/// ready yet, so no other system has to learn of this first.
void daemon::abort_start(const docker::engine_error& reason) {
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
        if (cancelled || stopped_.is_set())
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
    auto settings = read_settings_();
    if (const auto* faults = std::get_if<std::vector<setting_fault>>(&settings.result)) {
        for (const auto& fault : *faults)
            log_.write(log_level::error, "reload.refused", {{"reason", to_string(fault)}});
        return;
    }
    auto& new_config = std::get<config>(settings.result);
    log_.write(
        log_level::info, "reloaded",
        {{"tokens", new_config.api.access_tokens.size()}, {"policy_rules", new_config.policy.rules.size()}});
    stack_.admission.apply(shares_of(new_config.api.access_tokens));
    tokens_.replace(std::move(new_config.api.access_tokens));
    stack_.limits.apply(containers_of(new_config));
    stack_.images.apply(policy_of(new_config));
    stack_.pool.images_changed();
    settings_.policy = std::move(new_config.policy);
}

asio::awaitable<void> daemon::stop_on_signal() {
    co_await signals_.async_wait(asio::use_awaitable);
    ready_.drain();
    const auto time_limit = settings_.daemon.drain_delay + settings_.daemon.stop_timeout;
    stop_deadline_ = clock::now() + time_limit;
    notifier_.stopping(time_limit + supervisor_margin);
    log_.write(log_level::info, "stopping", {{"drain_delay_s", settings_.daemon.drain_delay.count()}});
    asio::co_spawn(threads_.main(), force_stop_on_signal(), asio::detached);

    co_await forced_stop_.wait(clock::now() + settings_.daemon.drain_delay);
    co_await drain();
    co_await clean_up();
    log_.write(log_level::info, "stopped", {{"left_behind", stack_.removals.counts().pending}});
    stopped_.set(); // a signal that has already been delivered can no longer be cancelled
    signals_.cancel();
    hangups_.cancel();
    threads_.release();
}

asio::awaitable<void> daemon::force_stop_on_signal() {
    boost::system::error_code cancelled;
    co_await signals_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if (cancelled || stopped_.is_set())
        co_return;
    log_.write(log_level::warning, "stopping.hurried", {});
    stop_deadline_ = clock::now() + forced_clean_up;
    stack_.admission.close();
    server_.cancel_all();
    forced_stop_.set();
    const bool stopped = co_await stopped_.wait(stop_deadline_ - forced_clean_up + forced_launches);
    if (stopped)
        co_return;
    stack_.pool.cancel();
    co_await stopped_.wait(stop_deadline_);
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
    // After a second signal only the new deadline ends the wait.
    event never;
    const bool is_forced = forced_stop_.is_set();
    event& interruption = is_forced ? never : forced_stop_;
    const auto limit = is_forced ? stop_deadline_ : deadline;
    const auto first = co_await (server_.wait_until_closed() || interruption.wait(limit));
    co_return first.index() == 0;
}

/// The reaper stops last: by then every owner of a container has handed it over.
asio::awaitable<void> daemon::clean_up() {
    start_.cancel(); // it owns no container
    versions_.cancel();
    stack_.pool.stop();
    stack_.removals.stop_waiting_for_ends();
    const auto left = std::max<clock::duration>(stop_deadline_ - clock::now(), 0s);
    const auto reserve = std::min<clock::duration>(clean_up_time, left / 2);
    co_await stack_.pool.wait_until_stopped(stop_deadline_ - reserve);
    const bool settled = co_await stack_.removals.wait_until_settled(stop_deadline_);
    if (!settled)
        log_.write(log_level::error, "stopped.with_leftovers",
                   {{"containers", stack_.removals.counts().pending}});
    watch_.stop();
    notifier_.stop();
    stack_.removals.cancel();
}

} // namespace docker_run
