#pragma once

#include "async/mutex.hpp"
#include "async/task_group.hpp"
#include "docker/engine.hpp"
#include "log/log.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>

namespace docker_run {

/// The version information of the engine, asked for once for all callers. A response is kept for a second. A
/// caller that comes while the engine is being asked waits for the same call. The call belongs to no caller,
/// so it continues if its callers go away. A failure is passed to the callers that wait for it, and then
/// forgotten.
///
/// Thread-safe. Outlives every coroutine that waits.
class version_cache {
  public:
    /// `executor` runs the calls to the engine, and one handler at a time.
    version_cache(const boost::asio::any_io_executor& executor, docker::engine& engine, const logger& log);

    /// Throws docker::engine_error. Waits as long as the engine's own call, which has its own deadlines.
    boost::asio::awaitable<std::shared_ptr<const docker::engine_version>> get();

    /// Cancels the call in progress and all later ones. Returns at once.
    void cancel() { calls_.cancel(); }

  private:
    struct question;

    std::shared_ptr<question> join();
    boost::asio::awaitable<void> ask(std::shared_ptr<question> pending);
    void settle(const std::shared_ptr<question>& pending);

    docker::engine& engine_;
    mutex mutex_;                                          // guards the members below and the questions
    std::shared_ptr<question> current_ GUARDED_BY(mutex_); ///< last one, settled or not; null: forgotten
    task_group calls_;
};

} // namespace docker_run
