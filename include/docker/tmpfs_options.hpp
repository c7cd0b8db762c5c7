#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace docker_run::docker {

// The options of a tmpfs as mount(8) writes them: "rw,noexec,size=65536k". See tmpfs(5).

/// The size that they set, in bytes; nothing where they set none, or a share of the host's memory ("50%").
std::optional<std::int64_t> tmpfs_size(std::string_view options);

/// The same with what a container's tmpfs needs and the options do not name:
/// `mode=1777`, unless they name a mode, uid or gid: the engine mounts as root's, with the mode of the
/// image's own directory, and a user other than root could then not write there (measured with runc);
/// `nr_inodes`, one for each page (4 KiB) of the size: an empty file costs the container a kilobyte of memory
/// that no `size` counts.
std::string complete_tmpfs_options(std::string options);

/// Whether they give the mount to one user or group.
bool names_an_owner(std::string_view options);

/// The same without `nr_inodes`, which Podman refuses.
std::string without_inode_limit(std::string_view options);

/// What every container has in shared memory, /dev/shm: enough for a shell's or an interpreter's.
inline constexpr std::int64_t shared_memory_size = 16 * 1024 * 1024;

} // namespace docker_run::docker
