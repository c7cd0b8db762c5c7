#pragma once

#include <string>

namespace docker_run::docker {

/// The parent group of containers as an engine whose cgroup driver is cgroupfs takes it. A slice is the path
/// at which systemd has it: dockerrun.slice is /dockerrun.slice, a-b.slice is /a.slice/a-b.slice. Anything
/// else stays as it is.
std::string cgroupfs_path(const std::string& parent);

/// The same for Podman, which refuses a path that ends like a slice: /dockerrun.
std::string podman_cgroupfs_path(const std::string& parent);

} // namespace docker_run::docker
