#include "settings/bind_mounts.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

namespace docker_run {

namespace fs = std::filesystem;

namespace {

/// Interfaces of the kernel, sockets of services, and the folders in which engines keep all containers.
constexpr auto closed_folders =
    std::to_array<std::string_view>({"/proc", "/sys", "/dev", "/run", "/var/run", "/var/lib/docker",
                                     "/var/lib/containerd", "/var/lib/containers"});
/// Targets at which a mount would break the container itself.
constexpr auto closed_targets = std::to_array<std::string_view>({"/proc", "/sys", "/dev"});

bool is_plain_path(std::string_view path) {
    if (path.size() < 2 || !path.starts_with('/') || path.ends_with('/'))
        return false;
    const fs::path parts(path);
    return std::ranges::none_of(parts, [](const fs::path& part) { return part == "." || part == ".."; }) &&
           path.find("//") == std::string_view::npos;
}

bool is_within(std::string_view path, std::string_view folder) {
    return folder == "/" || path == folder ||
           (path.starts_with(folder) && path.substr(folder.size()).starts_with('/'));
}

} // namespace

std::optional<docker::bind_mount> parse_bind_mount(std::string_view text) {
    const auto colon = text.find(':');
    const auto source = text.substr(0, colon);
    const auto target = colon == std::string_view::npos ? source : text.substr(colon + 1);
    if ((source != "/" && !is_plain_path(source)) || !is_plain_path(target) ||
        target.find(':') != std::string_view::npos)
        return std::nullopt;
    return docker::bind_mount{std::string(source), std::string(target)};
}

std::string bind_mount_fault(const docker::bind_mount& mount, std::span<const std::string> secrets) {
    std::error_code error;
    const auto real = fs::canonical(mount.source, error).string();
    if (error)
        return error.message();
    const auto touches = [&](std::string_view closed) {
        return is_within(real, closed) || is_within(closed, real) || is_within(closed, mount.source);
    };
    if (const auto* folder = std::ranges::find_if(closed_folders, touches); folder != closed_folders.end())
        return "programs must not see " + std::string(*folder);
    for (const auto& secret : secrets) {
        const auto real_secret = fs::weakly_canonical(secret, error).string();
        if (!secret.empty() && (touches(secret) || (!error && touches(real_secret))))
            return "programs must not see " + secret;
    }
    for (const auto closed : closed_targets)
        if (is_within(mount.target, closed))
            return "nothing can be mounted in a container's " + std::string(closed);
    return {};
}

} // namespace docker_run
