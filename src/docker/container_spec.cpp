#include "docker/container_spec.hpp"

#include "docker/tmpfs_options.hpp"

#include <nlohmann/json.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace docker_run::docker {

using nlohmann::json;

namespace {

/// The kernel's OOM killer kills a container before any process of the host.
constexpr int oom_score_adj = 500;
/// RLIMIT_CORE in bytes. With 0 the kernel would still start a program that core_pattern names, as root of
/// the host. With 1 it starts none, and a core file would need more than 1 byte (core(5), fs/coredump.c).
constexpr int no_core_dump = 1;

json ulimit(const char* name, std::int64_t soft, std::int64_t hard) {
    return json::object({{"Name", name}, {"Soft", soft}, {"Hard", hard}});
}

/// The RLIMIT_NPROC that is sent to Podman. It counts the processes of a user over all containers, so the
/// highest possible value is wanted. Without a value Podman uses 1 048 576. But without CAP_SYS_RESOURCE,
/// which a rootless Podman never has, it may set no more than its own limit. That is the limit of services on
/// this host, like ours, lowered to kernel.pid_max (Podman's default configuration does that at its start).
std::int64_t podman_nproc() {
    rlimit own{};
    const bool known = ::getrlimit(RLIMIT_NPROC, &own) == 0;
    rlim_t processes = 32'768; // the kernel's default
    std::ifstream("/proc/sys/kernel/pid_max") >> processes;
    return static_cast<std::int64_t>(known ? std::min(own.rlim_max, processes) : processes);
}

json ulimits(const container_spec& spec, bool podman) {
    const auto cpu = spec.max_cpu_time.count();
    auto limits = json::array({ulimit("nofile", spec.host.nofile_soft, spec.host.nofile_hard),
                               ulimit("core", no_core_dump, no_core_dump), ulimit("cpu", cpu, cpu)});
    if (podman) {
        static const auto nproc = podman_nproc();
        limits.push_back(ulimit("nproc", nproc, nproc));
    }
    return limits;
}

json tmpfs(const container_spec& spec, bool podman) {
    json mounts = json::object();
    for (const auto& mount : spec.tmpfs)
        mounts[mount.path] = mount.options;
    if (podman) {
        for (auto& options : mounts)
            options = without_inode_limit(options.get<std::string>());
        // With a read-only root Podman mounts a tmpfs on each of these paths, writable for everybody and of
        // any size.
        if (spec.host.readonly_rootfs)
            for (const char* path : {"/run", "/tmp", "/var/tmp"})
                if (!mounts.contains(path))
                    mounts[path] = "rw,noexec,nosuid,nodev,size=64k,mode=755";
    }
    return mounts;
}

/// Excludes the mounts below the source: engines before API version 1.44 leave them writable.
json bind(const bind_mount& mount) {
    return json::object({{"Type", "bind"},
                         {"Source", mount.source},
                         {"Target", mount.target},
                         {"ReadOnly", true},
                         {"BindOptions", {{"Propagation", "rprivate"}, {"NonRecursive", true}}}});
}

/// no-new-privileges, and docker-run's seccomp profile instead of the engine's, unless the operator chose the
/// engine's.
json security_options(const container_spec& spec, const engine_dialect& dialect) {
    json list = json::array({"no-new-privileges"});
    if (dialect.takes_profiles && spec.profile)
        list.push_back("seccomp=" + seccomp_profile(*spec.profile));
    return list;
}

json host_config(const container_spec& spec, const engine_dialect& dialect) {
    const auto& options = spec.host;
    const bool podman = dialect.podman;
    json host = json::object({
        {"LogConfig", json::object({{"Type", "none"}})}, // no output on the host's disk
        {"AutoRemove", false},                           // would race with reading the exit code
        {"RestartPolicy", json::object({{"Name", "no"}})},
        {"CapDrop", options.cap_drop},
        {"CapAdd", options.cap_add},
        {"SecurityOpt", security_options(spec, dialect)},
        {"ReadonlyRootfs", options.readonly_rootfs},
        {"IpcMode", "private"},
        {"CgroupnsMode", "private"}, // else /proc/self/cgroup shows the container's id (cgroup version 1)
        {"ShmSize", shared_memory_size},
        {"Memory", options.memory},
        {"MemorySwap", options.memory_swap},
        {"PidsLimit", options.pids_limit},
        {"NanoCpus", static_cast<std::int64_t>(std::llround(options.cpus * 1e9))},
        {"OomScoreAdj", oom_score_adj},
        {"Ulimits", ulimits(spec, podman)},
        {"Tmpfs", tmpfs(spec, podman)},
    });
    if (options.network_disabled)
        host["NetworkMode"] = "none"; // the setting that Podman obeys
    for (const auto& mount : options.mounts)
        host["Mounts"].push_back(bind(mount));
    if (!options.cgroup_parent.empty())
        host["CgroupParent"] = options.cgroup_parent;
    if (!options.runtime.empty())
        host["Runtime"] = options.runtime;
    return host;
}

} // namespace

std::string create_body(const container_spec& spec, const engine_dialect& dialect) {
    const auto& options = spec.host;
    json body = json::object({
        {"Image", spec.image},
        {"Hostname", options.hostname},
        {"User", options.user},
        {"Env", spec.environment},
        {"Labels", spec.labels},
        {"AttachStdin", true},
        {"AttachStdout", true},
        {"AttachStderr", true},
        {"Tty", false},
        {"OpenStdin", true},
        {"StdinOnce", true}, // a half-close reaches the program as the end of its stdin
        {"NetworkDisabled", options.network_disabled}, // saves Docker up to 27 a hook of 120 ms
        {"StopTimeout", 1},                            // PID 1 ignores SIGTERM, so waiting is useless
        {"Healthcheck", json::object({{"Test", json::array({"NONE"})}})},
        {"HostConfig", host_config(spec, dialect)},
    });
    if (!spec.entrypoint.empty()) {
        body["Entrypoint"] = spec.entrypoint;
        body["Cmd"] = json::array(); // the image's command would become arguments
    }
    return body.dump();
}

} // namespace docker_run::docker
