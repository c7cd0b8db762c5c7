#pragma once

#include "api/access_tokens.hpp"
#include "api/api.hpp"
#include "api/version_cache.hpp"
#include "async/event.hpp"
#include "async/io_context_pool.hpp"
#include "container/instance.hpp"
#include "daemon/service_notifier.hpp"
#include "daemon/start_sequence.hpp"
#include "health/engine_watch.hpp"
#include "health/readiness.hpp"
#include "http/server.hpp"
#include "log/log.hpp"
#include "metrics/metrics.hpp"
#include "metrics/metrics_page.hpp"
#include "run/run_stack.hpp"
#include "service/run_service.hpp"
#include "settings/config.hpp"
#include "settings/settings.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/signal_set.hpp>

#include <chrono>
#include <functional>
#include <optional>

namespace docker_run {

/// The whole program. Its parts are in the order in which they need each other.
class daemon {
  public:
    /// Listens on `listening_socket`, which the daemon then owns, or else on the address of the settings.
    /// Throws std::system_error if the state directory or the address cannot be used; nothing runs then. A
    /// reload calls `read_settings` to read the settings again.
    daemon(config settings, std::function<parsed_settings()> read_settings,
           std::optional<int> listening_socket, const logger& log);

    /// Listens and serves until SIGTERM or SIGINT. SIGHUP makes it read tokens and policy again. A shutdown
    /// loses no accepted run; a second signal kills the runs that are left. Returns when nothing is left.
    /// Throws docker::engine_error(unsupported) instead if the first engine that answered is too old. If a
    /// later replacement of the engine is too old, runs fail.
    void run();

  private:
    using clock = std::chrono::steady_clock;

    void count_response(const http::response_facts& facts);
    void abort_start(const docker::engine_error& reason);
    boost::asio::awaitable<void> reload_on_signal();
    void reload();
    boost::asio::awaitable<void> stop_on_signal();
    boost::asio::awaitable<void> force_stop_on_signal();
    boost::asio::awaitable<void> drain();
    boost::asio::awaitable<bool> sessions_end(clock::time_point deadline);
    boost::asio::awaitable<void> clean_up();

    config settings_; ///< the policy is that of the last reload
    std::function<parsed_settings()> read_settings_;
    const logger& log_;
    io_context_pool threads_;
    instance instance_;
    metrics metrics_;
    run_stack stack_;
    engine_watch watch_;
    readiness ready_;
    metrics_page page_;
    access_tokens tokens_;
    version_cache versions_;
    run_service runs_;
    api api_;
    http::server server_;

    // Used on the main thread only.
    boost::asio::signal_set signals_;
    boost::asio::signal_set hangups_;
    event forced_stop_; ///< set by a second signal
    event stopped_;     ///< set when the stop is complete
    clock::time_point stop_deadline_;
    std::optional<docker::engine_error> unsupported_; ///< the reason why the start was given up
    start_sequence start_;
    service_notifier notifier_;
};

} // namespace docker_run
