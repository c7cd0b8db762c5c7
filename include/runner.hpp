#pragma once

#include "caller.hpp"
#include "config.hpp"
#include "container_pool.hpp"
#include "docker/engine.hpp"
#include "enforcement.hpp"
#include "image_catalogue.hpp"
#include "launcher.hpp"
#include "run_verdict.hpp"
#include "slots.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace docker_run {

/// Where the time of a run went.
struct run_timings {
    std::chrono::nanoseconds queue{0};   ///< waiting: for a slot, and behind the gate of creates and starts
    std::chrono::nanoseconds acquire{0}; ///< getting a container that waits for its payload
    std::chrono::nanoseconds run{0};     ///< payload handed over → result complete
    bool warm = false;                   ///< the container came out of the pool
};

/// Where a run comes from.
struct run_origin {
    std::string request;               ///< the id of the request
    std::shared_ptr<const caller> who; ///< never null
};

/// What became of a run.
struct run_outcome {
    run_result result;
    run_timings timings;
    std::string container; ///< its name; empty where there was none
    std::string image;     ///< what the engine calls it; empty where it was not asked
};

/// Does one run: slot → container → payload → result. Thread-safe.
class runner {
  public:
    runner(const config& settings, slots& admission, docker::engine& engine, enforcement& limits,
           image_catalogue& images, launcher& launches, container_pool& pool);

    /// Runs on the strand of the caller. `reference` must have passed the strict grammar; `payload` must live
    /// until the end. Whatever way it ends, a cancellation among them, the container is with the reaper and
    /// the slot free.
    boost::asio::awaitable<run_outcome> run(std::string reference, std::string_view payload,
                                            run_origin origin, slots::place& place);

  private:
    struct attempt;

    boost::asio::awaitable<void> run_with_patience(attempt& running);
    boost::asio::awaitable<void> run_in_slot(attempt& running);
    boost::asio::awaitable<bool> is_granted(attempt& running);
    boost::asio::awaitable<bool> run_warm(attempt& running);
    boost::asio::awaitable<void> run_cold(attempt& running);
    boost::asio::awaitable<std::optional<container>> launch(attempt& running, launch_ticket ticket);
    boost::asio::awaitable<std::shared_ptr<const image>> look_up_again(const attempt& running);
    boost::asio::awaitable<void> converse(attempt& running, container in);
    boost::asio::awaitable<std::optional<docker::container_state>> look_after(const std::string& id);

    std::chrono::seconds queue_timeout_;
    std::chrono::seconds engine_patience_; ///< SERVER_DRAIN_DELAY, which is 0 without a proxy
    slots& slots_;
    docker::engine& engine_;
    enforcement& enforcement_;
    image_catalogue& images_;
    launcher& launcher_;
    container_pool& pool_;
};

} // namespace docker_run
