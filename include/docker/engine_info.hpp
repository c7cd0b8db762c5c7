#pragma once

#include <string>
#include <vector>

namespace docker_run::docker {

/// The features that the engine reports (`GET /info`). A feature that it does not report is missing.
struct engine_info {
    std::string version;
    bool memory_limit = false;
    bool swap_limit = false;
    bool pids_limit = false;
    bool cpu_quota = false;
    bool seccomp = false;         ///< with the engine's own profile, which refuses some system calls
    bool takes_profiles = false;  ///< and it accepts our profile in a create call
    bool takes_runtime = false;   ///< a create call may choose the runtime
    bool user_namespaces = false; ///< users in containers differ from users of the host
    std::vector<std::string> runtimes;
    std::string default_runtime;
    std::string cgroup_driver;  ///< "systemd", "cgroupfs" or "none"
    std::string cgroup_version; ///< "1" or "2"
};

} // namespace docker_run::docker
