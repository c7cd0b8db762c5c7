#pragma once

#include <system_error>

namespace docker_run {

/// Gives this thread, and the threads that it starts later, SCHED_RR with the lowest real-time priority
/// (sched(7)). They then run as soon as they have work, before the programs in the containers. Returns the
/// error of the kernel: EPERM where neither RLIMIT_RTPRIO nor CAP_SYS_NICE allows it, and in a cgroup without
/// a real-time budget (CONFIG_RT_GROUP_SCHED).
std::error_code take_realtime_priority();

} // namespace docker_run
