#include "usage.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace code_runner {
namespace {

using std::chrono::nanoseconds;
using clock = std::chrono::steady_clock;

nanoseconds to_nanoseconds(const timeval& time) {
    return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
}

nanoseconds cpu_time_of_children() {
    rusage usage{};
    ::getrusage(RUSAGE_CHILDREN, &usage);
    return to_nanoseconds(usage.ru_utime) + to_nanoseconds(usage.ru_stime);
}

nanoseconds read_clock(clockid_t id) {
    timespec used{};
    ::clock_gettime(id, &used);
    return std::chrono::seconds{used.tv_sec} + nanoseconds{used.tv_nsec};
}

/// The largest resident set that this process has had.
std::uint64_t own_peak_memory() {
    const unique_fd file{::open("/proc/self/status", O_RDONLY | O_CLOEXEC)};
    char buffer[4096];
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer - 1);
    buffer[std::max<ssize_t>(count, 0)] = '\0';
    const char* peak = std::strstr(buffer, "VmHWM:");
    return peak == nullptr ? 0 : std::strtoull(peak + std::strlen("VmHWM:"), nullptr, 10) * 1024;
}

} // namespace

usage_meter::usage_meter(child_reaper& reaper)
    : reaper_{reaper}, own_memory_{::open("/proc/self/statm", O_RDONLY | O_CLOEXEC)},
      idle_size_{own_peak_memory()} {}

void usage_meter::start() {
    cpu_time_before_ = cpu_time_by_now();
}

void usage_meter::forget(pid_t process) {
    clockid_t id{};
    if (!group_.cpu_time() && ::clock_getcpuclockid(process, &id) == 0)
        cpu_time_before_ += read_clock(id);
}

nanoseconds usage_meter::cpu_time() const {
    return std::max(cpu_time_by_now() - cpu_time_before_, nanoseconds{0});
}

nanoseconds usage_meter::cpu_time_by_now() const {
    // Reads the runner's own time first: the kernel then also charges the group with the time that it had not
    // counted yet.
    const nanoseconds own = read_clock(CLOCK_PROCESS_CPUTIME_ID);
    const auto group = group_.cpu_time();
    return group ? *group - own : cpu_time_of_children();
}

void usage_meter::start_stage(std::chrono::milliseconds sample_interval) {
    sample_interval_ = sample_interval;
    reaper_.take_largest_resident_set();
    largest_sample_ = 0;
    if (group_.anonymous_memory())
        next_sample_ = clock::now() + sample_interval_;
}

void usage_meter::sample() {
    if (clock::now() < next_sample_)
        return;
    const std::uint64_t own = own_anonymous_memory();
    const std::uint64_t all = group_.anonymous_memory().value_or(0);
    largest_sample_ = std::max(largest_sample_, all - std::min(all, own));
    next_sample_ = clock::now() + sample_interval_;
}

/// proc(5): statm holds the size, the resident set, and the part of it that belongs to files or is shared, in
/// pages.
std::uint64_t usage_meter::own_anonymous_memory() const {
    char buffer[128];
    const ssize_t count = ::pread(own_memory_.get(), buffer, sizeof buffer - 1, 0);
    if (count <= 0)
        return 0;
    buffer[count] = '\0';
    char* position = buffer;
    std::strtoull(position, &position, 10);
    const auto resident = std::strtoull(position, &position, 10);
    const auto shared = std::strtoull(position, &position, 10);
    return (resident - std::min(resident, shared)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// The kernel includes the size that a process had before execve(2), which is the size of the runner. So if a
/// program is not larger than that, its own size is unknown.
std::uint64_t usage_meter::largest_program() {
    const std::uint64_t largest = reaper_.take_largest_resident_set();
    return largest > own_peak_memory() ? largest : std::min(largest, idle_size_);
}

std::uint64_t usage_meter::maximum_memory() {
    return std::max(largest_sample_, largest_program());
}

} // namespace code_runner
