#pragma once

#include "admission/admission_queue.hpp"
#include "container/engine_limits.hpp"
#include "container/launcher.hpp"
#include "container/reaper.hpp"
#include "container/uid_allocator.hpp"
#include "docker/engine.hpp"
#include "image/image_catalogue.hpp"
#include "log/log.hpp"
#include "pool/container_pool.hpp"
#include "run/runner.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <vector>

namespace docker_run {

/// The settings of a run_stack.
struct run_stack_options {
    docker::engine_settings engine;
    std::vector<container_settings> containers; ///< every kind that a run may get
    image_policy policy;
    pool_settings pool;
    launch_settings launches;
    std::size_t max_containers = 1; ///< existing: running, waiting or being removed
    std::size_t cpus = 1;           ///< of this host
    std::size_t workers = 1;        ///< runs at the same time
    std::size_t queue_size = 0;
    std::size_t interactive_max = 0; ///< interactive runs at the same time
    run_patience patience;
};

/// All parts that execute runs, without the parts that receive requests. Each part lives as long as the
/// stack.
struct run_stack {
    /// `now` is the clock of every decision about an age.
    run_stack(const boost::asio::any_io_executor& executor, run_stack_options options,
              reaper::removal_observer on_removed, const logger& log,
              const time_source& now = std::chrono::steady_clock::now);

    docker::engine engine;
    semaphore engine_work; ///< for launches, removals and refills together
    admission_queue admission;
    uid_allocator uids;
    reaper removals;
    engine_limits limits;
    image_catalogue images;
    launcher launches;
    container_pool pool;
    runner runs;
};

} // namespace docker_run
