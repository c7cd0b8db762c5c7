#pragma once

#include "docker/host_settings.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace docker_run {

/// Which limits were set in variables of ours: without one that the engine cannot enforce no run may start.
/// Those that the predecessor had, and our defaults, are only warned of.
struct demanded_limits {
    bool memory_swap = false;
    bool pids_limit = false;
    bool cpus = false;
    friend bool operator==(const demanded_limits&, const demanded_limits&) = default;
};

/// Whose seccomp profile containers get.
enum class seccomp_source : std::uint8_t {
    docker_run, ///< ours, in the create call; an image that nothing would filter is refused
    engine,     ///< the engine's own
    unenforced  ///< as docker_run, but nothing is refused where nothing filters
};

/// Users of the host that containers run as, one each; none where both are 0.
struct uid_range {
    std::uint32_t first = 0;
    std::uint32_t last = 0; ///< the last one that belongs to it
    explicit operator bool() const noexcept { return last != 0; }
    bool contains(std::uint32_t uid) const noexcept { return last != 0 && first <= uid && uid <= last; }
    std::size_t size() const noexcept { return last == 0 ? 0 : std::size_t{last} - first + 1; }
    friend bool operator==(const uid_range&, const uid_range&) = default;
};

/// What every container is created with.
struct container_settings : docker::host_settings {
    uid_range uids; ///< in place of `user` where the image has our runner
    seccomp_source seccomp = seccomp_source::docker_run;
    bool inet = true; ///< programs may open sockets of AF_INET and AF_INET6
    std::int64_t nproc_soft = 0;
    std::int64_t nproc_hard = 0;
    std::optional<docker::tmpfs_mount> tmp_dir;
    std::optional<docker::tmpfs_mount> work_dir;
    /// The program of the engine's host that is put in and becomes the entrypoint, for work_dir; empty: the
    /// image has one.
    std::string runner;
    demanded_limits demanded;
    bool debug_keep = false;
    friend bool operator==(const container_settings&, const container_settings&) = default;
};

/// How much of a container's memory its tmpfs and its shared memory may take, in bytes: their pages count in
/// its limit. A tmpfs without a size may take all of it.
std::int64_t tmpfs_total(const container_settings& container);

/// The program that fills every tmpfs still has as much memory to itself as a small interpreter needs.
bool holds_full_tmpfs(const container_settings& container);

} // namespace docker_run
