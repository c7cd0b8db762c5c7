#include "settings/bind_mounts.hpp"
#include "settings/common_rules.hpp"
#include "settings/setting_value.hpp"
#include "settings/settings_table.hpp"
#include "settings/stock_images.hpp"

namespace docker_run {

namespace {

// The engine refuses less (20.10: "Minimum memory limit allowed is 6MB").
constexpr double minimum_memory = 6'291'456;

// The kernel's own bounds: fs.nr_open is 1048576 unless it was raised, and pid_max is at most 2^22.
constexpr value_range open_files{1, 1'048'576};
constexpr value_range processes{1, 4'194'304};

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

constexpr bool consists_of(std::string_view text, std::string_view characters, std::string_view more) {
    for (const char character : text)
        if (characters.find(character) == std::string_view::npos &&
            more.find(character) == std::string_view::npos)
            return false;
    return true;
}

constexpr text_rule host_name{
    "1 to 63 letters, digits, '-' and '.'", // RFC 1123 section 2.1; the kernel's bound is 64
    [](std::string_view text) { return text.size() <= 63 && consists_of(text, letters, "0123456789-."); }};

// Upper or lower case, with or without CAP_: the engine accepts all forms.
constexpr text_rule capability{"a capability's name such as NET_RAW, or ALL",
                               [](std::string_view text) { return consists_of(text, letters, "_"); }};

constexpr text_rule mount_point{"an absolute path below /", [](std::string_view text) {
                                    return text.starts_with('/') &&
                                           text.find_first_not_of('/') != std::string_view::npos;
                                }};

constexpr text_rule cgroup_parent{
    "a slice's name that ends in .slice, or an absolute path below / without '..'",
    [](std::string_view text) {
        const bool is_path = text.find('/') != std::string_view::npos;
        return is_path ? mount_point.holds(text) && text.find("..") == std::string_view::npos
                       : text.ends_with(".slice") && text != ".slice";
    }};

constexpr text_rule mount_options{"mount options, separated by commas"};

constexpr text_rule mount{"SOURCE or SOURCE:TARGET, absolute paths",
                          [](std::string_view text) { return parse_bind_mount(text).has_value(); }};

constexpr text_rule stock_pattern{"an image pattern such as python:* that does not match everything",
                                  is_stock_pattern};

constexpr auto container = &settings_draft::container;
constexpr auto policy = &settings_draft::policy;
constexpr auto tmp_mount = &settings_draft::tmp_mount;
constexpr auto work_mount = &settings_draft::work_mount;

constexpr setting container_rows[] = {
    {.name = "DOCKER_CONTAINER_HOSTNAME",
     .target = into<container, &container_settings::hostname>(),
     .meaning = "Host name in the container",
     .required = true,
     .text = host_name,
     .shipped = "glot"},
    {.name = "DOCKER_CONTAINER_USER",
     .target = into<container, &container_settings::user>(),
     .meaning = "User of the program: a name in the image or uid[:gid]",
     .required = true,
     .shipped = "glot"},
    {.name = "DOCKER_CONTAINER_UIDS",
     .target = into<container, &container_settings::uids>(),
     .meaning =
         "Range of users. Each container gets a user of its own from it instead of DOCKER_CONTAINER_USER, if "
         "the image has our code_runner. No user of the host and no other engine or daemon of the host may "
         "have them. Unset or off: all containers run as DOCKER_CONTAINER_USER",
     .shipped = "20000-24095"},
    {.name = "DOCKER_CONTAINER_MEMORY",
     .target = into<container, &container_settings::memory>(),
     .meaning = "Memory limit of a container, its tmpfs included",
     .required = true,
     .unit = "bytes",
     .range = {minimum_memory},
     .shipped = "536870912"},
    {.name = "DOCKER_CONTAINER_MEMORY_SWAP",
     .target = into<&settings_draft::memory_swap>(),
     .meaning = "Limit of memory and swap of a container together. Equal to its memory limit: no swap",
     .unit = "bytes",
     .range = {minimum_memory},
     .fallback = "DOCKER_CONTAINER_MEMORY"},
    {.name = "DOCKER_CONTAINER_PIDS_LIMIT",
     .target = into<&settings_draft::pids_limit>(),
     .meaning = "Maximum number of processes and threads in a container. Its start alone needs some",
     .range = processes,
     .fallback = "DOCKER_CONTAINER_ULIMIT_NPROC_HARD"},
    {.name = "DOCKER_CONTAINER_CPUS",
     .target = into<&settings_draft::cpus>(),
     .meaning = "Number of CPUs that a container may use, at most as many as the host has",
     .range = {0.01, 1'024}, // the engine refuses less than 0.01
     .fallback = "2, at most as many as the host has"},
    {.name = "DOCKER_CONTAINER_RUNTIME",
     .target = into<container, &container_settings::runtime>(),
     .meaning = "Container runtime, e.g. runsc. Unset: the engine's default"},
    {.name = "DOCKER_CONTAINER_CGROUP_PARENT",
     .target = into<container, &container_settings::cgroup_parent>(),
     .meaning = "Control group that holds all containers: a slice such as dockerrun.slice, or a path if the "
                "engine's cgroup driver is cgroupfs. Its very low weight puts the daemon and the rest of the "
                "host first. Unset: the engine's own",
     .text = cgroup_parent,
     .shipped = "dockerrun.slice"},
    {.name = "DOCKER_CONTAINER_NETWORK_DISABLED",
     .target = into<container, &container_settings::network_disabled>(),
     .meaning = "Whether containers have no network",
     .required = true,
     .shipped = "true"},
    {.name = "DOCKER_CONTAINER_SECCOMP",
     .target = into<container, &container_settings::seccomp>(),
     .meaning =
         "Seccomp profile that filters the system calls of containers. docker-run: ours, sent in the create "
         "call. Podman does not take it there, and an image that nothing would filter is refused. engine: "
         "the engine's own. unenforced: ours, and no image is refused because nothing filters it"},
    {.name = "DOCKER_CONTAINER_INET",
     .target = into<container, &container_settings::inet>(),
     .meaning = "Whether programs may use TCP and UDP, at least within their container. With cgroup version "
                "1 only the host's tcp_mem and udp_mem limit the memory of such sockets"},
    {.name = "DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT",
     .target = into<container, &container_settings::nofile_soft>(),
     .meaning = "Soft limit of open files of a process",
     .required = true,
     .range = open_files,
     .shipped = "1024"},
    {.name = "DOCKER_CONTAINER_ULIMIT_NOFILE_HARD",
     .target = into<container, &container_settings::nofile_hard>(),
     .meaning = "Hard limit of open files of a process",
     .required = true,
     .range = open_files,
     .shipped = "1024"},
    {.name = "DOCKER_CONTAINER_ULIMIT_NPROC_SOFT",
     .target = into<container, &container_settings::nproc_soft>(),
     .meaning = "Kept for older configurations. At most the hard limit",
     .required = true,
     .range = processes,
     .shipped = "256"},
    {.name = "DOCKER_CONTAINER_ULIMIT_NPROC_HARD",
     .target = into<container, &container_settings::nproc_hard>(),
     .meaning = "Maximum number of processes in a container. Enforced as its pids limit, since the kernel "
                "counts RLIMIT_NPROC per user over all containers",
     .required = true,
     .range = processes,
     .shipped = "256"},
    {.name = "DOCKER_CONTAINER_CAP_DROP",
     .target = into<container, &container_settings::cap_drop>(),
     .meaning = "Capabilities that are taken from containers",
     .text = capability,
     .shipped = "ALL"},
    {.name = "DOCKER_CONTAINER_CAP_ADD",
     .target = into<container, &container_settings::cap_add>(),
     .meaning = "Capabilities that are given to containers",
     .text = capability},
    {.name = "DOCKER_CONTAINER_READONLY_ROOTFS",
     .target = into<container, &container_settings::readonly_rootfs>(),
     .meaning =
         "Whether a container's root file system is read-only. Otherwise its use of the disk has no limit",
     .shipped = "true"},
    {.name = "DOCKER_CONTAINER_TMP_DIR_PATH",
     .target = into<tmp_mount, &docker::tmpfs_mount::path>(),
     .meaning = "Mount point of the first tmpfs",
     .text = mount_point,
     .shipped = "/tmp"},
    {.name = "DOCKER_CONTAINER_TMP_DIR_OPTIONS",
     .target = into<tmp_mount, &docker::tmpfs_mount::options>(),
     .meaning = "Mount options of the first tmpfs. Options that are missing are added: mode=1777 (unless uid "
                "or gid is set) and nr_inodes, one for each 4 KiB of the size",
     .text = mount_options,
     .shipped = "rw,noexec,nosuid,nodev,size=65536k"},
    {.name = "DOCKER_CONTAINER_WORK_DIR_PATH",
     .target = into<work_mount, &docker::tmpfs_mount::path>(),
     .meaning = "Mount point of the second tmpfs, the work directory of the image",
     .text = mount_point,
     .shipped = "/home/glot"},
    {.name = "DOCKER_CONTAINER_WORK_DIR_OPTIONS",
     .target = into<work_mount, &docker::tmpfs_mount::options>(),
     .meaning = "Mount options of the second tmpfs. Options that are missing are added: mode=1777 (unless "
                "uid or gid is set) and nr_inodes, one for each 4 KiB of the size",
     .text = mount_options,
     .shipped = "rw,exec,nosuid,nodev,size=131072k"},
    {.name = "DOCKER_CONTAINER_MOUNTS",
     .target = into<&settings_draft::mounts>(),
     .meaning = "Files and folders of the engine's host that are mounted into containers, read-only and "
                "without the mounts below them. Without TARGET the path in the container is the same",
     .text = mount},
    {.name = "DOCKER_STOCK_IMAGES",
     .target = into<policy, &policy_settings::stock_images>(),
     .meaning = "Images without a runner, which get the runner of the host. A policy replaces this setting "
                "by its member \"stock\"",
     .text = stock_pattern},
    {.name = "DOCKER_STOCK_RUNNER_PATH",
     .target = into<policy, &policy_settings::stock_runner>(),
     .meaning = "Path of the static code_runner that stock images get, on the engine's host and where the "
                "daemon runs",
     .text = absolute_path},
    {.name = "DEBUG_KEEP_CONTAINER",
     .target = into<container, &container_settings::debug_keep>(),
     .meaning = "Whether every container is kept after its run, stopped, for inspection. Turns the waiting "
                "containers off"},
};

} // namespace

std::span<const setting> container_settings_table() {
    return container_rows;
}

} // namespace docker_run
