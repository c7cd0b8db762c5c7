#pragma once

#include <string>

namespace docker_run::docker {

/// Converts the cgroup parent of containers for an engine with the cgroup driver cgroupfs. A slice becomes
/// its path in systemd: dockerrun.slice becomes /dockerrun.slice, a-b.slice becomes /a.slice/a-b.slice. Any
/// other text is unchanged.
std::string cgroupfs_path(const std::string& parent);

/// The same for Podman, which refuses a path that ends like a slice: dockerrun.slice becomes /dockerrun.
std::string podman_cgroupfs_path(const std::string& parent);

} // namespace docker_run::docker
