#include "descriptor_limit.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace docker_run {

namespace {

// The stream of a container, and one call to the engine about it.
constexpr std::size_t descriptors_per_container = 2;
// The event loop, the log, the lock of the instance, probes, removals, the callers that wait at the door, and
// the connections that are being closed for others (connection_quota.hpp, server.cpp).
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
    const auto containers =
        settings.server.worker_threads + (settings.pool.enabled ? settings.pool.max_total : 0);
    const auto needed = containers * descriptors_per_container + descriptors_of_the_daemon;
    return std::max<std::size_t>(1, descriptors > needed ? descriptors - needed : 0);
}

} // namespace docker_run
