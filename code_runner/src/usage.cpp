#include "usage.hpp"

#include "unique_fd.hpp"

#include <fcntl.h>
#include <sys/resource.h>

#include <charconv>
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

std::uint64_t count_oom_kills() {
    for (const char* path : {"/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"}) {
        const unique_fd file{::open(path, O_RDONLY | O_CLOEXEC)};
        char buffer[512];
        const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
        if (count > 0)
            return parse_oom_kills({buffer, static_cast<std::size_t>(count)});
    }
    return 0;
}

} // namespace

usage_meter::usage_meter()
    : cpu_time_before_{cpu_time_of(usage_of_children())}, kills_before_{count_oom_kills()} {}

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

bool usage_meter::killed_for_memory() const {
    return count_oom_kills() > kills_before_;
}

std::uint64_t parse_oom_kills(std::string_view text) {
    constexpr std::string_view name = "oom_kill ";
    for (auto position = text.find(name); position != std::string_view::npos;
         position = text.find(name, position + 1)) {
        if (position != 0 && text[position - 1] != '\n')
            continue;
        std::uint64_t number = 0;
        std::from_chars(text.data() + position + name.size(), text.data() + text.size(), number);
        return number;
    }
    return 0;
}

} // namespace code_runner
