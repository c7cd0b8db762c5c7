#pragma once

#include <cstddef>

namespace docker_run {

/// The resources of this process, as the kernel reports them. 0 if the kernel does not tell.
struct process_figures {
    double cpu_seconds = 0; ///< user and system, of all threads
    std::size_t resident_bytes = 0;
    std::size_t virtual_bytes = 0;
    std::size_t open_fds = 0;
    std::size_t max_fds = 0; ///< soft limit
};

/// Reads the current values. Costs some system calls, and some more for every open file.
process_figures read_process_figures();

} // namespace docker_run
