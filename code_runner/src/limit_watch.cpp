#include "limit_watch.hpp"

#include "cgroup.hpp"
#include "unique_fd.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

namespace code_runner {
namespace {

/// Reads the count from the first file that exists.
std::uint64_t count_events(std::initializer_list<const char*> paths, std::string_view name) {
    for (const char* path : paths) {
        const unique_fd file{::open(path, O_RDONLY | O_CLOEXEC)};
        char buffer[512];
        const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
        if (count > 0)
            return parse_count({buffer, static_cast<std::size_t>(count)}, name);
    }
    return 0;
}

// The file of cgroup version 2, then that of version 1.
std::uint64_t count_memory_kills() {
    return count_events({"/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"},
                        "oom_kill");
}

std::uint64_t count_refused_processes() {
    return count_events({"/sys/fs/cgroup/pids.events", "/sys/fs/cgroup/pids/pids.events"}, "max");
}

/// Whether no block or no inode is left. A file system that does not count inodes reports 0 of them.
bool is_full(const char* path) {
    struct statvfs found{};
    if (::statvfs(path, &found) != 0 || (found.f_flag & ST_RDONLY) != 0)
        return false;
    return found.f_bavail == 0 || (found.f_files > 0 && found.f_favail == 0);
}

} // namespace

limit_watch::limit_watch()
    : memory_kills_before_{count_memory_kills()}, refused_processes_before_{count_refused_processes()} {}

reached_limits limit_watch::reached() const {
    constexpr std::array writable{".", "/tmp", "/dev/shm"};
    return {.memory = count_memory_kills() > memory_kills_before_,
            .processes = count_refused_processes() > refused_processes_before_,
            .disk = std::any_of(writable.begin(), writable.end(), is_full)};
}

} // namespace code_runner
