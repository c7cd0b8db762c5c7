#pragma once

#include "async/task_group.hpp"
#include "docker/engine.hpp"
#include "log/log.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <mutex>

namespace docker_run {

/// What the engine says about itself, asked once for all callers: an answer is remembered for a second, and
/// who comes while the engine is being asked waits for that same call. The call belongs to nobody: it goes on
/// where its callers go away. Its failure is told to those who wait for it and then forgotten.
///
/// Thread-safe. Outlives every coroutine that waits.
class version_cache {
  public:
    /// `executor` carries the calls to the engine and runs one handler at a time.
    version_cache(const boost::asio::any_io_executor& executor, docker::engine& engine, const logger& log);

    /// Throws docker::engine_error. Waits as long as the engine's own call, whose deadlines hold.
    boost::asio::awaitable<std::shared_ptr<const docker::engine_version>> get();

    /// Ends the call that is under way, once and for all. Returns at once.
    void cancel() { calls_.cancel(); }

  private:
    struct question;

    std::shared_ptr<question> join();
    boost::asio::awaitable<void> ask(std::shared_ptr<question> asked);
    void settle(const std::shared_ptr<question>& asked);

    docker::engine& engine_;
    std::mutex mutex_;                  // guards what is below and the questions
    std::shared_ptr<question> current_; ///< the last one, answered or not; null where it is forgotten
    task_group calls_;
};

} // namespace docker_run
