#pragma once

#include "docker/host_settings.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace docker_run {

/// The limits that the operator set in variables that the predecessor did not have. If the engine cannot
/// enforce one of them, no run may start. For the predecessor's limits and for our defaults there is only a
/// warning.
struct demanded_limits {
    bool memory_swap = false;
    bool pids_limit = false;
    bool cpus = false;
    friend bool operator==(const demanded_limits&, const demanded_limits&) = default;
};

/// The source of the containers' seccomp profile.
enum class seccomp_source : std::uint8_t {
    docker_run, ///< docker-run's, sent in the create call; an image without a filter is refused
    engine,     ///< the engine's own
    unenforced  ///< as docker_run, but an image without a filter may run
};

/// Users of the host for the processes of containers, one for each container. Empty if both are 0.
struct uid_range {
    std::uint32_t first = 0;
    std::uint32_t last = 0; ///< inclusive
    explicit operator bool() const noexcept { return last != 0; }
    bool contains(std::uint32_t uid) const noexcept { return last != 0 && first <= uid && uid <= last; }
    std::size_t size() const noexcept { return last == 0 ? 0 : std::size_t{last} - first + 1; }
    friend bool operator==(const uid_range&, const uid_range&) = default;
};

/// The settings that every container is created with.
struct container_settings : docker::host_settings {
    uid_range uids; ///< used instead of `user` if the image has our runner
    seccomp_source seccomp = seccomp_source::docker_run;
    bool inet = true; ///< programs may open sockets of AF_INET and AF_INET6
    std::int64_t nproc_soft = 0;
    std::int64_t nproc_hard = 0;
    std::optional<docker::tmpfs_mount> tmp_dir;
    std::optional<docker::tmpfs_mount> work_dir;
    /// Path on the engine's host of a runner that is mounted into the container and becomes its entrypoint,
    /// for work_dir. Empty: the image has its own.
    std::string runner;
    demanded_limits demanded;
    bool debug_keep = false;
    friend bool operator==(const container_settings&, const container_settings&) = default;
};

/// How much of a container's memory its tmpfs and its shared memory may take, in bytes. Their pages count
/// towards its memory limit. A tmpfs without a size may take all of it.
std::int64_t tmpfs_total(const container_settings& container);

/// Whether a program that fills every tmpfs still has as much memory as a small interpreter needs.
bool holds_full_tmpfs(const container_settings& container);

} // namespace docker_run
