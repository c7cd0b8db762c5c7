#pragma once

#include "async/mutex.hpp"
#include "container/limit_check.hpp"
#include "docker/engine.hpp"
#include "image/container_settings.hpp"
#include "log/log.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace docker_run {

/// Knows whether the engine enforces the limits that containers are created with. Thread-safe.
class engine_limits {
  public:
    using info_pointer = std::shared_ptr<const docker::engine_info>;

    /// `containers`: the settings of every kind of container that a run may get.
    engine_limits(std::vector<container_settings> containers, docker::engine& engine, const logger& log);

    /// Asks the engine for its features, by `deadline` at the latest, and stores the answer. Logs each limit
    /// that is not enforced. Throws engine_error.
    boost::asio::awaitable<info_pointer>
    check(std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max());

    /// Replaces the settings after a change of the policy, and checks them against the stored answer of the
    /// engine.
    void apply(std::vector<container_settings> containers);

    /// Forgets the stored answer of the engine. Call it when the engine may have been replaced.
    void invalidate();
    [[nodiscard]] bool is_checked() const;

    /// Why no run may start in such a container, as a sentence; empty if it may. Asks the engine if there is
    /// no stored answer. `container` must live until the coroutine ends. Throws engine_error.
    boost::asio::awaitable<std::string> refusal_for(const container_settings& container, bool has_runner);

    /// The limits that the engine did not enforce when it was last asked.
    [[nodiscard]] std::vector<limit_check> unenforced() const;

  private:
    [[nodiscard]] info_pointer stored_info() const;
    void update_unenforced(const docker::engine_info& engine);

    docker::engine& engine_;
    const logger& log_;
    mutable mutex mutex_;
    std::vector<container_settings> containers_ GUARDED_BY(mutex_);
    info_pointer info_ GUARDED_BY(mutex_); ///< null: no stored answer
    std::vector<limit_check> unenforced_ GUARDED_BY(mutex_);
};

} // namespace docker_run
