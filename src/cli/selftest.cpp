#include "cli/selftest.hpp"

#include "cli/engine_check.hpp"
#include "cli/selftest_live.hpp"
#include "cli/selftest_probes.hpp"
#include "cli/selftest_verdict.hpp"
#include "container/instance.hpp"
#include "container/leftovers.hpp"
#include "container/uid_neighbours.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "run/run_stack.hpp"
#include "service/run_service.hpp"
#include "settings/run_stack_settings.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <functional>
#include <iomanip>
#include <ostream>
#include <set>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

constexpr auto removal_patience = 30s;

/// The same settings, with other users in each range.
config with_users(config settings, const std::function<uid_range(const uid_range&)>& choose) {
    settings.container.uids = choose(settings.container.uids);
    for (auto& rule : settings.policy.rules)
        rule.options.container.uids = choose(rule.options.container.uids);
    return settings;
}

/// The last user that no container has. A self-test that was killed leaves its container until a daemon
/// sweeps it.
uid_range last_free_user(const uid_range& all, const std::set<std::uint32_t>& taken) {
    auto last = all.last;
    while (last > all.first && taken.contains(last))
        --last;
    return {all ? last : all.first, last};
}

/// The container gets the first user that no other container has. A daemon that runs at the same time may
/// have the very first one.
uid_range first_users(const uid_range& all) {
    return {all.first, std::max(all.first, all.last - std::min(all.last, 1U))};
}

/// The parts of the daemon that execute a run, without the parts that receive requests.
class test_bench {
  public:
    /// `log` is for the parts, `run_log` for the runs.
    test_bench(config settings, const logger& log, const logger& run_log, std::ostream& out)
        : settings_(std::move(settings)), out_(out),
          stack_(
              context_.get_executor(), stack_options(settings_, instance_.id()), [](clock::duration) {}, log),
          runs_(stack_.admission, stack_.runs, metrics_, run_log), signals_(context_, SIGINT, SIGTERM) {}

    int run(const std::string& image) {
        asio::co_spawn(context_, test(image),
                       asio::bind_cancellation_slot(stop_.slot(), [this](const std::exception_ptr& failure) {
                           failure_ = failure;
                           asio::co_spawn(context_, clean_up(), asio::detached);
                       }));
        signals_.async_wait([this](const boost::system::error_code& cancelled, int) {
            if (!cancelled)
                stop_.emit(asio::cancellation_type::all);
        });
        context_.run();
        if (failure_)
            std::rethrow_exception(failure_);
        return held_ ? everything_held_exit_code : something_failed_exit_code;
    }

  private:
    /// One run at a time, and no wait for an engine that is away.
    static run_stack_options stack_options(const config& settings, const std::string& instance) {
        auto options = run_stack_settings(settings, instance, 1);
        options.max_containers = 4;
        options.workers = 1;
        options.queue_size = 0;
        options.patience.engine = 0s;
        return options;
    }

    asio::awaitable<void> test(std::string image) {
        const auto containers = co_await stack_.engine.list(label::instance);
        taken_users_ = users_of_others(containers, {});
        run_as_last_user();
        const auto resolved = co_await stack_.images.resolve(image);
        if (!resolved->options)
            throw docker::engine_error(docker::engine_fault::refused, "the policy does not allow this image");
        const auto probes = self_test_probes(*resolved->options);
        co_await try_out(probes.front(), image);
        if (!held_)
            co_return; // if the harmless one failed, the others prove nothing
        if (resolved->options->container.uids)
            co_await try_first_user(probes.front(), image);
        for (std::size_t i = 1; i < probes.size(); ++i)
            co_await try_out(probes[i], image);
        const auto heard = live_probes(offers_interactive_runs(*resolved));
        for (const auto& program : heard)
            co_await try_live(program, image);
    }

    bool offers_interactive_runs(const resolved_image& image) const {
        return settings_.run.interactive_max > 0 && image.options->interactive.time > 0s &&
               image.speaks_frames;
    }

    /// All other probes run as the last user. An engine with user namespaces may have one of them and lack
    /// the other.
    asio::awaitable<void> try_first_user(probe harmless, std::string image) {
        harmless.name = "first user";
        stack_.images.apply(policy_of(with_users(settings_, first_users)));
        co_await try_out(harmless, image);
        run_as_last_user();
    }

    void run_as_last_user() {
        const auto choose = [this](const uid_range& all) { return last_free_user(all, taken_users_); };
        stack_.images.apply(policy_of(with_users(settings_, choose)));
    }

    asio::awaitable<void> try_out(const probe& program, const std::string& image) {
        const auto payload = payload_of(program);
        auto call = call_of(image, payload);
        const auto result = co_await find_out(std::move(call));
        const auto verdict = assess(program, result);
        co_await conclude(program.name, result, verdict);
    }

    asio::awaitable<void> try_live(const live_probe& program, const std::string& image) {
        const probe hearable{.name = program.name, .command = program.command, .ends = {}};
        const auto payload = payload_of(hearable);
        probe_caller caller(program);
        auto call = call_of(image, payload);
        caller.take_part(call);
        const auto result = co_await find_out(std::move(call));
        const auto verdict = caller.assess(result, clock::now());
        co_await conclude(program.name, result, verdict);
    }

    asio::awaitable<finding> find_out(run_call call) {
        const auto outcome = co_await run_once(std::move(call));
        co_return finding::of(outcome);
    }

    /// The next probe may need the user of this one, so its container has to be gone.
    asio::awaitable<void> conclude(const std::string& name, const finding& result,
                                   const selftest_verdict& verdict) {
        report(name, result.end, verdict);
        co_await stack_.removals.wait_until_settled(clock::now() + removal_patience);
    }

    static run_call call_of(const std::string& image, std::string_view payload) {
        return {
            .from = {.who = std::make_shared<const caller>(), .request = {}, .peer = {}, .traceparent = {}},
            .image = image,
            .payload = payload};
    }

    asio::awaitable<std::optional<run_outcome>> run_once(run_call call) {
        auto admitted =
            call.interactive ? runs_.admit_interactive(call.from, false) : runs_.admit(call.from, nullptr);
        if (auto* refused = std::get_if<run_failure>(&admitted))
            co_return run_outcome{.result = std::move(*refused), .timings = {}, .container = {}, .image = {}};
        auto& place = std::get<admission_queue::place>(admitted);
        asio::steady_timer never(context_, clock::time_point::max()); // this caller does not go
        co_return co_await runs_.execute(call, place, never.async_wait(asio::use_awaitable));
    }

    void report(const std::string& name, const std::string& end, const selftest_verdict& result) {
        held_ = held_ && result.held;
        out_ << std::left << std::setw(20) << name << (result.held ? "held      " : "NOT HELD  ")
             << std::setw(26) << end << result.remark << std::endl; // flushed: seen while the next probe runs
    }

    /// Every container must be removed, whatever ran in it.
    asio::awaitable<void> clean_up() {
        const bool gone = co_await stack_.removals.wait_until_settled(clock::now() + removal_patience);
        report("containers removed", gone ? "all" : "timeout", {gone, gone ? "" : "containers are left"});
        stack_.removals.cancel();
        signals_.cancel();
    }

    config settings_;
    std::ostream& out_;
    asio::io_context context_;
    instance instance_{""};
    run_stack stack_;
    metrics metrics_;
    run_service runs_;
    std::set<std::uint32_t> taken_users_; ///< by containers of others when the test began
    asio::signal_set signals_;
    asio::cancellation_signal stop_;
    std::exception_ptr failure_;
    bool held_ = true;
};

} // namespace

int self_test(config settings, const std::string& image, std::ostream& out, std::ostream& errors) {
    std::signal(SIGPIPE, SIG_IGN);
    settings.pool.enabled = false;         // each probe gets a new container
    settings.container.debug_keep = false; // otherwise kept containers would count as removed
    for (auto& rule : settings.policy.rules)
        rule.options.container.debug_keep = false;
    const logger log(settings.log);
    const logger run_log({log_level::error, settings.log.format}); // `out` gets a line for each run
    try {
        test_bench bench(std::move(settings), log, run_log, out);
        return bench.run(image);
    } catch (const docker::engine_error& error) {
        errors << "docker-run: " << error.what() << '\n';
    } catch (const boost::system::system_error& error) {
        errors << "docker-run: ended early: " << error.what() << '\n';
    }
    return engine_unavailable_exit_code;
}

} // namespace docker_run
