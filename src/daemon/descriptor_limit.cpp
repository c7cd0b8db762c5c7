#include "daemon/descriptor_limit.hpp"

#include "container/reaper.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <thread>

namespace docker_run {

namespace {

// The stream of a container, and one call to the engine about it.
constexpr std::size_t descriptors_per_container = 2;
// For each run this many used containers may be in removal, and each delete call may hang.
constexpr std::size_t removals_per_run = 2;
constexpr std::size_t descriptors_per_cpu = 3; // the event loop of a thread
// Clients that wait to be accepted and connections that are being closed to make room for others
// (connection_quota.hpp, server.cpp). The engine calls that belong to no run: events, probes, limits and
// version, sweeps, one look-up of images at a time. The log, the lock of the instance and the like.
constexpr std::size_t descriptors_of_the_daemon = 256;

} // namespace

std::size_t raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    const auto soft = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : soft;
}

std::size_t affordable_connections(const config& settings, std::size_t descriptors) {
    const auto runs = settings.daemon.worker_threads + settings.run.interactive_max;
    const auto containers = runs + (settings.pool.enabled ? settings.pool.max_total : 0);
    const auto removals = runs * removals_per_run + max_stuck_containers;
    const auto needed = containers * descriptors_per_container + removals +
                        std::thread::hardware_concurrency() * descriptors_per_cpu + descriptors_of_the_daemon;
    return std::max<std::size_t>(1, descriptors > needed ? descriptors - needed : 0);
}

} // namespace docker_run
