#include "docker/cgroup_parent.hpp"

#include <cstddef>
#include <string_view>

namespace docker_run::docker {

namespace {

constexpr std::string_view suffix = ".slice";

bool is_slice(const std::string& parent) {
    return parent.ends_with(suffix) && parent.find('/') == std::string::npos;
}

} // namespace

std::string cgroupfs_path(const std::string& parent) {
    if (!is_slice(parent))
        return parent;
    const auto name = parent.substr(0, parent.size() - suffix.size());
    std::string path;
    // A dash makes the slice a child of the slice that the part before the dash names (systemd.slice(5)).
    for (auto dash = name.find('-'); dash != std::string::npos; dash = name.find('-', dash + 1))
        path.append("/").append(name, 0, dash).append(suffix);
    return path.append("/").append(parent);
}

std::string podman_cgroupfs_path(const std::string& parent) {
    auto path = cgroupfs_path(parent);
    if (is_slice(parent))
        path.resize(path.size() - suffix.size());
    return path;
}

} // namespace docker_run::docker
