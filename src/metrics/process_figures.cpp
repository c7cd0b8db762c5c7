#include "metrics/process_figures.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace docker_run {

namespace {

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::size_t count_open_files() {
    std::error_code failed;
    const std::filesystem::directory_iterator files("/proc/self/fd", failed);
    if (failed)
        return 0;
    const auto count = static_cast<std::size_t>(std::distance(begin(files), end(files)));
    return count - 1; // without the descriptor that lists them
}

} // namespace

process_figures read_process_figures() {
    process_figures figures;
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) == 0)
        figures.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
        figures.max_fds = limit.rlim_cur;
    std::ifstream statm("/proc/self/statm"); // in pages: size, resident, ... (proc(5))
    std::size_t size = 0;
    std::size_t resident = 0;
    if (statm >> size >> resident) {
        const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
        figures.virtual_bytes = size * page;
        figures.resident_bytes = resident * page;
    }
    figures.open_fds = count_open_files();
    return figures;
}

} // namespace docker_run
