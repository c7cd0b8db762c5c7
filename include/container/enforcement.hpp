#pragma once

#include "container/limit_check.hpp"
#include "docker/engine.hpp"
#include "image/container_settings.hpp"
#include "log/log.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace docker_run {

/// Knows whether the engine at hand enforces the limits that containers are created with. Thread-safe.
class enforcement {
  public:
    using answer = std::shared_ptr<const docker::engine_info>;

    /// `containers`: every kind of container that runs may get.
    enforcement(std::vector<container_settings> containers, docker::engine& engine, const logger& log);

    /// Asks the engine, until `deadline` at the latest, and remembers what it says; logs each limit that does
    /// not hold. Throws engine_error.
    boost::asio::awaitable<answer>
    check(std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max());

    /// The operator has a new policy: its limits are held against what is known of the engine.
    void apply(std::vector<container_settings> containers);

    /// The engine may have been replaced: what is known of it counts no more.
    void forget();
    [[nodiscard]] bool known() const;

    /// Why no run of such an image may start in such a container, a sentence; empty where one may. Asks the
    /// engine where nothing is known of it. `container` must live until the end. Throws engine_error.
    boost::asio::awaitable<std::string> obstacle(const container_settings& container, bool has_runner);

    /// The limits that the engine did not enforce when it was last asked.
    [[nodiscard]] std::vector<limit_check> unenforced() const;

  private:
    [[nodiscard]] answer answered() const;
    void judge(const docker::engine_info& engine);

    docker::engine& engine_;
    const logger& log_;
    mutable std::mutex mutex_;
    std::vector<container_settings> containers_;
    answer answer_; ///< null: nothing is known of the engine
    std::vector<limit_check> unenforced_;
};

} // namespace docker_run
