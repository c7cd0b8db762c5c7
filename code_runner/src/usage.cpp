#include "usage.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <ctime>

namespace code_runner {
namespace {

using std::chrono::nanoseconds;

rusage usage_of_children() {
    rusage usage{};
    ::getrusage(RUSAGE_CHILDREN, &usage);
    return usage;
}

nanoseconds to_nanoseconds(const timeval& time) {
    return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
}

nanoseconds cpu_time_of(const rusage& usage) {
    return to_nanoseconds(usage.ru_utime) + to_nanoseconds(usage.ru_stime);
}

} // namespace

usage_meter::usage_meter() : cpu_time_before_{cpu_time_of(usage_of_children())} {}

void usage_meter::forget(pid_t process) {
    clockid_t clock{};
    timespec used{};
    if (::clock_getcpuclockid(process, &clock) == 0 && ::clock_gettime(clock, &used) == 0)
        cpu_time_before_ += std::chrono::seconds{used.tv_sec} + nanoseconds{used.tv_nsec};
}

nanoseconds usage_meter::cpu_time() const {
    return std::max(cpu_time_of(usage_of_children()) - cpu_time_before_, nanoseconds{0});
}

std::uint64_t usage_meter::maximum_memory() const {
    return static_cast<std::uint64_t>(usage_of_children().ru_maxrss) * 1024; // kibibytes, getrusage(2)
}

} // namespace code_runner
