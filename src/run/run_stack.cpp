#include "run/run_stack.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace docker_run {

namespace {

/// How many launches and removals may be in progress at once: one for each CPU, and one that waits for the
/// disk. More of them only wait for each other inside the engine. See docs/design.md for the measurement.
constexpr std::size_t max_work(std::size_t cpus) {
    return cpus + 1;
}

constexpr std::size_t retries_for_each_cpu = 2;

/// A container that nobody waits for is launched only while less work than this is in progress. At least the
/// run or the removal of one caller goes on beside it: otherwise a caller who sends one run after the other
/// would never find a warm container.
constexpr std::size_t max_idle_work(std::size_t cpus) {
    return std::max<std::size_t>(2, cpus);
}

} // namespace

run_stack::run_stack(const boost::asio::any_io_executor& executor, run_stack_options options,
                     reaper::removal_observer on_removed, const logger& log, const time_source& now)
    : engine(std::move(options.engine)),
      engine_work(max_work(options.cpus), max_work(options.cpus) - max_idle_work(options.cpus)),
      admission({options.workers, options.queue_size, options.interactive_max}),
      removals(executor, engine, log, std::move(on_removed), uids, options.launches.instance,
               {.engine_work = engine_work,
                .retries = retries_for_each_cpu * options.cpus,
                .max_ends = options.workers},
               now),
      limits(std::move(options.containers), engine, log), images(engine, std::move(options.policy), now),
      launches(
          std::move(options.launches), options.max_containers, engine_work,
          [this, half = std::max<std::size_t>(1, options.workers / 2)] {
              return admission.counts().running > half;
          },
          engine, removals, uids, log),
      pool(std::move(options.pool), options.cpus, executor, launches, images, log, now),
      runs(options.patience, admission, engine, limits, images, launches, pool, now) {}

} // namespace docker_run
