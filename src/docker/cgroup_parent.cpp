#include "docker/cgroup_parent.hpp"

#include <cstddef>
#include <string_view>

namespace docker_run::docker {

namespace {

constexpr std::string_view slice = ".slice";

} // namespace

std::string cgroup_parent_for(const std::string& driver, const std::string& parent) {
    if (driver != "cgroupfs" || !parent.ends_with(slice) || parent.find('/') != std::string::npos)
        return parent;
    const auto name = parent.substr(0, parent.size() - slice.size());
    std::string path;
    // A dash puts a slice below the one that is named in front of it (systemd.slice(5)).
    for (auto dash = name.find('-'); dash != std::string::npos; dash = name.find('-', dash + 1))
        path.append("/").append(name, 0, dash).append(slice);
    return path.append("/").append(parent);
}

} // namespace docker_run::docker
