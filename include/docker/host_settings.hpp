#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace docker_run::docker {

/// A tmpfs in the container, e.g. {"/tmp", "rw,noexec,nosuid,size=65536k,mode=1777"}.
struct tmpfs_mount {
    std::string path;
    std::string options;
    friend bool operator==(const tmpfs_mount&, const tmpfs_mount&) = default;
};

/// A file or folder of the engine's host, mounted read-only into a container, without the mounts below it.
struct bind_mount {
    std::string source;
    std::string target;
    friend bool operator==(const bind_mount&, const bind_mount&) = default;
};

/// The limits and the isolation that the engine itself enforces.
struct host_settings {
    std::string hostname;
    std::string user;
    std::int64_t memory = 0;      ///< bytes
    std::int64_t memory_swap = 0; ///< bytes, memory and swap together
    std::int64_t pids_limit = 0;
    double cpus = 0;
    std::string runtime;       ///< empty: not sent, the engine's default applies
    std::string cgroup_parent; ///< a slice or a path; empty: the engine's own
    bool network_disabled = true;
    bool readonly_rootfs = false;
    std::int64_t nofile_soft = 0;
    std::int64_t nofile_hard = 0;
    std::vector<std::string> cap_drop;
    std::vector<std::string> cap_add;
    std::vector<bind_mount> mounts;
    friend bool operator==(const host_settings&, const host_settings&) = default;
};

} // namespace docker_run::docker
