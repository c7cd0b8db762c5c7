#pragma once

#include <string>

namespace docker_run::docker {

/// The parent group of containers as an engine of that cgroup driver takes it. With cgroupfs a slice is the
/// path at which systemd has it: dockerrun.slice is /dockerrun.slice, a-b.slice is /a.slice/a-b.slice.
/// Anything else stays as it is.
std::string cgroup_parent_for(const std::string& driver, const std::string& parent);

} // namespace docker_run::docker
