#pragma once

#include <system_error>

namespace docker_run {

/// Lets this thread, and the threads that it starts from here on, run as soon as they have something to do:
/// SCHED_RR with the lowest real-time priority (sched(7)), in front of the programs in the containers.
/// Returns what the kernel has against it: EPERM where neither RLIMIT_RTPRIO nor CAP_SYS_NICE allows it, and
/// in a cgroup without a budget for it (CONFIG_RT_GROUP_SCHED).
std::error_code take_realtime_priority();

} // namespace docker_run
