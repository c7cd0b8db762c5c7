#include "system/scheduling.hpp"

#include <sched.h>

#include <cerrno>

namespace docker_run {

std::error_code take_realtime_priority() {
    const sched_param lowest{.sched_priority = 1};
    constexpr pid_t this_thread = 0;
    if (::sched_setscheduler(this_thread, SCHED_RR, &lowest) == 0)
        return {};
    return {errno, std::system_category()};
}

} // namespace docker_run
