#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace docker_run::docker {

// The options of a tmpfs in the syntax of mount(8): "rw,noexec,size=65536k". See tmpfs(5).

/// The size in the options, in bytes. Nothing if they set none, or a share of the host's memory ("50%").
std::optional<std::int64_t> tmpfs_size(std::string_view options);

/// Adds the options that a container's tmpfs needs, unless they are set:
/// - `mode=1777`, unless a mode, uid or gid is set. The engine mounts a tmpfs for root, with the mode of the
///   image's own directory. Then a user other than root could not write there (measured with runc).
/// - `nr_inodes`, one for each page (4 KiB) of the size. An empty file costs the container a kilobyte of
///   memory that `size` does not count.
std::string complete_tmpfs_options(std::string options);

/// Whether the options give the mount to one user or group.
bool names_an_owner(std::string_view options);

/// The options without `nr_inodes`, which Podman refuses.
std::string without_inode_limit(std::string_view options);

/// Size of each container's shared memory, /dev/shm, in bytes: enough for a shell or an interpreter.
inline constexpr std::int64_t shared_memory_size = 16 * 1024 * 1024;

} // namespace docker_run::docker
