#pragma once

#include "config.hpp"
#include "docker/engine.hpp"
#include "limit_check.hpp"
#include "log.hpp"

#include <boost/asio/awaitable.hpp>

#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace docker_run {

/// Knows whether the engine at hand enforces the limits that containers are created with. Thread-safe.
class enforcement {
  public:
    enforcement(const config& settings, docker::engine& engine, const logger& log);

    /// Asks the engine and remembers what it says; logs each limit that does not hold. Throws engine_error.
    boost::asio::awaitable<void> check();

    /// The engine may have been replaced: what is known of it counts no more.
    void forget();
    [[nodiscard]] bool known() const;

    /// Why no run may start, a sentence; empty where one may. Asks the engine where nothing is known of it.
    /// Throws engine_error.
    boost::asio::awaitable<std::string> obstacle();

    /// The limits that were not enforced when the engine was last asked.
    [[nodiscard]] std::vector<limit_check> unenforced() const;

  private:
    [[nodiscard]] std::optional<std::string> known_obstacle() const;

    container_settings container_;
    demanded_limits demanded_;
    docker::engine& engine_;
    const logger& log_;
    mutable std::mutex mutex_;
    bool known_ = false;
    std::vector<limit_check> unenforced_;
};

/// The sentence for the first limit that is refused; empty where none is.
std::string refusal(const std::vector<limit_check>& checks);

} // namespace docker_run
