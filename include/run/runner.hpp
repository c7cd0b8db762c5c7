#pragma once

#include "admission/admission_queue.hpp"
#include "async/time_source.hpp"
#include "container/engine_limits.hpp"
#include "container/launcher.hpp"
#include "docker/engine.hpp"
#include "image/image_catalogue.hpp"
#include "pool/container_pool.hpp"
#include "run/run_call.hpp"
#include "run/run_outcome.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace docker_run {

/// How long a run waits before it fails.
struct run_patience {
    std::chrono::seconds queue{10}; ///< for a worker, and for its turn to create a container
    std::chrono::seconds engine{0}; ///< for an engine that cannot be reached; 0: fail at once
};

/// Executes one run: worker → container → payload → result. Thread-safe.
class runner {
  public:
    runner(run_patience patience, admission_queue& admission, docker::engine& engine, engine_limits& limits,
           image_catalogue& images, launcher& launches, container_pool& pool,
           time_source now = std::chrono::steady_clock::now);

    /// Runs on the strand of the caller. The image's name must have passed the strict grammar. `call` must
    /// live until the end. However the run ends, even by cancellation, the container has been handed to the
    /// reaper and the worker is free.
    boost::asio::awaitable<run_outcome> run(const run_call& call, admission_queue::place& place);

  private:
    struct attempt;

    boost::asio::awaitable<void> run_with_patience(attempt& run);
    boost::asio::awaitable<void> run_with_worker(attempt& run);
    boost::asio::awaitable<bool> is_granted(attempt& run);
    boost::asio::awaitable<bool> run_warm(attempt& run);
    boost::asio::awaitable<void> run_cold(attempt& run);
    boost::asio::awaitable<std::optional<container>> bring_up(attempt& run);
    boost::asio::awaitable<std::optional<container>> launch(attempt& run, launch_ticket ticket);
    boost::asio::awaitable<std::shared_ptr<const resolved_image>> look_up_again(const attempt& run,
                                                                                const container& fresh);
    boost::asio::awaitable<void> converse(attempt& run, container& in);
    boost::asio::awaitable<std::optional<docker::container_state>> wait_for_exit(const std::string& id);

    run_patience patience_;
    admission_queue& queue_;
    docker::engine& engine_;
    engine_limits& limits_;
    image_catalogue& images_;
    launcher& launcher_;
    container_pool& pool_;
    const time_source now_;
};

} // namespace docker_run
