#include "run/run_stack.hpp"

#include <utility>

namespace docker_run {

run_stack::run_stack(const boost::asio::any_io_executor& executor, run_stack_options options,
                     reaper::removal_observer on_removed, const logger& log, const time_source& now)
    : engine(std::move(options.engine)),
      removals(executor, engine, log, std::move(on_removed), uids, options.launches.instance,
               options.removals, options.workers, now),
      limits(std::move(options.containers), engine, log), images(engine, std::move(options.policy), now),
      launches(std::move(options.launches), options.limits, engine, removals, uids, log),
      pool(std::move(options.pool), options.cpus, executor, launches, images, log, now),
      admission(options.workers, options.queue_size),
      runs(options.patience, admission, engine, limits, images, launches, pool, now) {}

} // namespace docker_run
