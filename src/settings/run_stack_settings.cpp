#include "settings/run_stack_settings.hpp"

#include "settings/container_kinds.hpp"

namespace docker_run {

using namespace std::chrono_literals;

image_policy policy_of(const config& settings) {
    return {settings.policy, default_options(settings)};
}

run_stack_options run_stack_settings(const config& settings, const std::string& instance, std::size_t cpus) {
    const auto& pool = settings.pool;
    return {.engine = settings.engine,
            .containers = containers_of(settings),
            .policy = policy_of(settings),
            .pool = pool,
            .launches = {.prestart = pool.prestart && pool.enabled,
                         .max_idle = pool.enabled ? pool.max_age : 0s,
                         .instance = instance},
            .max_containers = most_containers(settings),
            .cpus = cpus,
            .workers = settings.daemon.worker_threads,
            .queue_size = settings.run.queue_size,
            .interactive_max = settings.run.interactive_max,
            // A proxy needs the drain delay to notice that /readyz returns 503; see
            // runner::run_with_patience().
            .patience = {settings.run.queue_timeout, settings.daemon.drain_delay}};
}

} // namespace docker_run
