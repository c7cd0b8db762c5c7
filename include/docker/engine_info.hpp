#pragma once

#include <string>
#include <vector>

namespace docker_run::docker {

/// What the engine says that it can do (`GET /info`). What it leaves out it cannot do.
struct engine_info {
    std::string version;
    bool memory_limit = false;
    bool swap_limit = false;
    bool pids_limit = false;
    bool cpu_quota = false;
    bool seccomp = false; ///< with a profile: programs cannot make every system call
    std::vector<std::string> runtimes;
    std::string default_runtime;
    std::string cgroup_driver;  ///< "systemd", "cgroupfs" or "none"
    std::string cgroup_version; ///< "1" or "2"
};

} // namespace docker_run::docker
