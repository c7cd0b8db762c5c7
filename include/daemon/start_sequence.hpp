#pragma once

#include "async/task_group.hpp"
#include "container/instance.hpp"
#include "docker/engine.hpp"
#include "health/engine_watch.hpp"
#include "health/readiness.hpp"
#include "log/log.hpp"
#include "run/run_stack.hpp"
#include "settings/config.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>

namespace docker_run {

/// Makes the daemon ready while it already accepts connections: begins to watch the engine, removes what an
/// earlier start left, and fills the pool. It waits for the engine as long as it takes.
class start_sequence {
  public:
    /// All of them must outlive the sequence.
    struct parts {
        const config& settings;
        const instance& own_instance;
        run_stack& stack;
        engine_watch& watch;
        readiness& ready;
        const logger& log;
    };

    /// Runs on `executor`. Calls `on_unsupported` whenever it finds that the engine is too old.
    start_sequence(const boost::asio::any_io_executor& executor, const parts& daemon,
                   std::function<void(const docker::engine_error&)> on_unsupported);

    void begin();
    /// May be called at any time, since the sequence owns no container.
    void cancel() { tasks_.cancel(); }

  private:
    boost::asio::awaitable<void> prepare();
    boost::asio::awaitable<void> sweep_leftovers();
    boost::asio::awaitable<void> warn_of_shared_uids();

    parts parts_;
    std::function<void(const docker::engine_error&)> on_unsupported_;
    task_group tasks_;
};

} // namespace docker_run
