#pragma once

#include "docker/host_settings.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace docker_run {

/// Reads "SOURCE" or "SOURCE:TARGET", both absolute and without "." and ".."; without TARGET it is SOURCE.
/// nullopt: it is neither.
std::optional<docker::bind_mount> parse_bind_mount(std::string_view text);

/// Says why programs must not see `mount.source`, in a few words; empty if they may. It must be there, and
/// neither lie in nor above what belongs to the kernel, to the engine, or to `secrets` (paths that need not
/// exist). Looks at this process's file system.
std::string bind_mount_fault(const docker::bind_mount& mount, std::span<const std::string> secrets);

} // namespace docker_run
