#pragma once

#include "docker/host_settings.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace docker_run {

/// Reads "SOURCE" or "SOURCE:TARGET", both absolute and without "." and "..". Without TARGET it is the same
/// as SOURCE. Returns nullopt if the text is neither.
std::optional<docker::bind_mount> parse_bind_mount(std::string_view text);

/// Says in a few words why programs must not see `mount.source`; empty if they may. The source must exist. It
/// must not be, contain or lie in a path of the kernel, of the engine, or of `secrets` (which need not
/// exist). Looks at this process's file system.
std::string bind_mount_fault(const docker::bind_mount& mount, std::span<const std::string> secrets);

} // namespace docker_run
