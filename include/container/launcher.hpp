#pragma once

#include "async/semaphore.hpp"
#include "async/work_budget.hpp"
#include "container/container.hpp"
#include "container/reaper.hpp"
#include "container/uid_allocator.hpp"
#include "docker/engine.hpp"
#include "image/image_catalogue.hpp"
#include "log/log.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>

namespace docker_run {

/// Which call to the engine failed.
enum class launch_stage { create, attach, start };

/// Thrown when a container could not be created, attached or started. The reaper has already taken it over.
class launch_error : public docker::engine_error {
  public:
    launch_error(launch_stage stage, const docker::engine_error& cause)
        : engine_error(cause), stage_(stage) {}
    launch_stage stage() const noexcept { return stage_; }

  private:
    launch_stage stage_;
};

/// Permission to create one more container. `existence` is given back when the container is gone, `gate` when
/// it has started.
struct launch_ticket {
    semaphore::permit existence;
    work_budget::turn gate;
};

/// Settings that every container of this daemon gets.
struct launch_settings {
    bool prestart = true;
    std::chrono::seconds max_idle{0}; ///< how long a container may wait before its run
    std::string instance;             ///< the id of this daemon
};

/// Creates containers that are started, attached, and wait for their payload. Thread-safe.
class launcher {
  public:
    /// `max_containers`: how many may exist: running, waiting or being removed. `engine_work`: the permits
    /// for everything that keeps the engine busy. It must outlive the launcher. `is_crowded`: says
    /// whether many callers are being served. It must be thread-safe.
    launcher(launch_settings settings, std::size_t max_containers, semaphore& engine_work,
             std::function<bool()> is_crowded, docker::engine& engine, reaper& removals, uid_allocator& uids,
             const logger& log);

    /// Waits for permission to launch a container for a caller. A ticket with an empty member means that
    /// `deadline` passed first.
    boost::asio::awaitable<launch_ticket> admit(std::chrono::steady_clock::time_point deadline);
    /// The same for a container that nobody waits for: only while the engine has little to do, and nothing at
    /// all while many callers are being served.
    boost::asio::awaitable<launch_ticket> admit_idle(std::chrono::steady_clock::time_point deadline);

    /// The time after which a launch counts as hanging.
    std::chrono::nanoseconds patience() const { return gate_.patience(); }

    /// create → attach → start, on the strand of the caller. The image must have options. `request` and
    /// `owner` (the name of the caller) are for the labels and may be empty. The container is created by the
    /// image's name, which may mean another image by then: see container::is_made_from(). Throws
    /// launch_error.
    boost::asio::awaitable<container> launch(launch_ticket ticket, const resolved_image& image,
                                             std::string request, std::string owner = {});

  private:
    boost::asio::awaitable<launch_ticket> admit(std::chrono::steady_clock::time_point deadline,
                                                semaphore::urgency for_existence,
                                                semaphore::urgency for_work);
    boost::asio::awaitable<uid_allocator::lease> user_for(const resolved_image& image);
    boost::asio::awaitable<void> create(container& box, const resolved_image& image,
                                        const std::string& request, const std::string& owner);
    boost::asio::awaitable<void> learn_image(container& box);

    launch_settings settings_;
    docker::engine& engine_;
    reaper& reaper_;
    uid_allocator& uids_;
    const logger& log_;
    std::function<bool()> is_crowded_;
    semaphore existence_;
    work_budget gate_; ///< no limit on hanging launches: each has a run's worker or is one of the few refills
};

} // namespace docker_run
