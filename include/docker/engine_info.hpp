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
    bool seccomp = false;         ///< with a profile of its own: programs cannot make every system call
    bool takes_profiles = false;  ///< and with ours, where a create call brings it
    bool user_namespaces = false; ///< the users of containers are not those of the host
    std::vector<std::string> runtimes;
    std::string default_runtime;
    std::string cgroup_driver;  ///< "systemd", "cgroupfs" or "none"
    std::string cgroup_version; ///< "1" or "2"
};

} // namespace docker_run::docker
