#pragma once

#include <cstddef>

namespace docker_run {

/// What the kernel says of this process. 0 where it does not tell.
struct process_figures {
    double cpu_seconds = 0; ///< user and system, of all threads
    std::size_t resident_bytes = 0;
    std::size_t virtual_bytes = 0;
    std::size_t open_fds = 0;
    std::size_t max_fds = 0; ///< soft limit
};

/// Asks for it; costs some system calls, and some more for every open file.
process_figures read_process_figures();

} // namespace docker_run
