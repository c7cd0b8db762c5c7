#include "settings/bind_mounts.hpp"
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

// In any case, and with or without CAP_: the engine takes both.
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

constexpr text_rule absolute_path{"an absolute path",
                                  [](std::string_view text) { return text.starts_with('/'); }};

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
     .meaning = "User of the program, a name in the image or uid[:gid]",
     .required = true,
     .shipped = "glot"},
    {.name = "DOCKER_CONTAINER_UIDS",
     .target = into<container, &container_settings::uids>(),
     .meaning =
         "Users that containers run as, one each, in place of DOCKER_CONTAINER_USER where the image has "
         "our code_runner; no user of the host and no other engine or daemon of the host may have them; "
         "unset or off: all run as DOCKER_CONTAINER_USER",
     .shipped = "20000-24095"},
    {.name = "DOCKER_CONTAINER_MEMORY",
     .target = into<container, &container_settings::memory>(),
     .meaning = "Memory of a container, its tmpfs included",
     .required = true,
     .unit = "bytes",
     .range = {minimum_memory},
     .shipped = "536870912"},
    {.name = "DOCKER_CONTAINER_MEMORY_SWAP",
     .target = into<&settings_draft::memory_swap>(),
     .meaning = "Memory and swap of a container together; equal to its memory: no swap",
     .unit = "bytes",
     .range = {minimum_memory},
     .fallback = "DOCKER_CONTAINER_MEMORY"},
    {.name = "DOCKER_CONTAINER_PIDS_LIMIT",
     .target = into<&settings_draft::pids_limit>(),
     .meaning = "Processes and threads of a container; its start alone needs some",
     .range = processes,
     .fallback = "DOCKER_CONTAINER_ULIMIT_NPROC_HARD"},
    {.name = "DOCKER_CONTAINER_CPUS",
     .target = into<&settings_draft::cpus>(),
     .meaning = "CPUs that a container may use, at most what the host has",
     .range = {0.01, 1'024}, // the engine refuses less than 0.01
     .fallback = "2, at most what the host has"},
    {.name = "DOCKER_CONTAINER_RUNTIME",
     .target = into<container, &container_settings::runtime>(),
     .meaning = "Container runtime, e.g. runsc; unset: the engine's default"},
    {.name = "DOCKER_CONTAINER_CGROUP_PARENT",
     .target = into<container, &container_settings::cgroup_parent>(),
     .meaning =
         "Control group that holds all containers, so that its very low weight puts the daemon and the "
         "rest of the host first: a slice such as dockerrun.slice, or a path where the engine's cgroup "
         "driver is cgroupfs; unset: the engine's own",
     .text = cgroup_parent,
     .shipped = "dockerrun.slice"},
    {.name = "DOCKER_CONTAINER_NETWORK_DISABLED",
     .target = into<container, &container_settings::network_disabled>(),
     .meaning = "Whether containers have no network",
     .required = true,
     .shipped = "true"},
    {.name = "DOCKER_CONTAINER_SECCOMP",
     .target = into<container, &container_settings::seccomp>(),
     .meaning = "Whose seccomp profile keeps containers from system calls. docker-run: ours, sent in the "
                "create call, "
                "which Podman does not take; an image that nothing would filter is refused. engine: the "
                "engine's own. "
                "unenforced: ours, and nothing is refused where nothing filters"},
    {.name = "DOCKER_CONTAINER_INET",
     .target = into<container, &container_settings::inet>(),
     .meaning =
         "Whether programs may use TCP and UDP, within their container at least; with cgroup version 1 only "
         "the host's tcp_mem and udp_mem bound the memory of such sockets"},
    {.name = "DOCKER_CONTAINER_ULIMIT_NOFILE_SOFT",
     .target = into<container, &container_settings::nofile_soft>(),
     .meaning = "Open files of a process, soft limit",
     .required = true,
     .range = open_files,
     .shipped = "1024"},
    {.name = "DOCKER_CONTAINER_ULIMIT_NOFILE_HARD",
     .target = into<container, &container_settings::nofile_hard>(),
     .meaning = "Open files of a process, hard limit",
     .required = true,
     .range = open_files,
     .shipped = "1024"},
    {.name = "DOCKER_CONTAINER_ULIMIT_NPROC_SOFT",
     .target = into<container, &container_settings::nproc_soft>(),
     .meaning = "Kept for older configurations; at most the hard limit",
     .required = true,
     .range = processes,
     .shipped = "256"},
    {.name = "DOCKER_CONTAINER_ULIMIT_NPROC_HARD",
     .target = into<container, &container_settings::nproc_hard>(),
     .meaning =
         "How many processes a container may have; enforced as its pids limit, since the kernel counts "
         "RLIMIT_NPROC per user over all containers",
     .required = true,
     .range = processes,
     .shipped = "256"},
    {.name = "DOCKER_CONTAINER_CAP_DROP",
     .target = into<container, &container_settings::cap_drop>(),
     .meaning = "Capabilities that containers do without",
     .text = capability,
     .shipped = "ALL"},
    {.name = "DOCKER_CONTAINER_CAP_ADD",
     .target = into<container, &container_settings::cap_add>(),
     .meaning = "Capabilities that containers get",
     .text = capability},
    {.name = "DOCKER_CONTAINER_READONLY_ROOTFS",
     .target = into<container, &container_settings::readonly_rootfs>(),
     .meaning =
         "Whether a container's root file system is read-only; otherwise its use of the disk has no limit",
     .shipped = "true"},
    {.name = "DOCKER_CONTAINER_TMP_DIR_PATH",
     .target = into<tmp_mount, &docker::tmpfs_mount::path>(),
     .meaning = "Where a first tmpfs is mounted",
     .text = mount_point,
     .shipped = "/tmp"},
    {.name = "DOCKER_CONTAINER_TMP_DIR_OPTIONS",
     .target = into<tmp_mount, &docker::tmpfs_mount::options>(),
     .meaning = "Its mount options; where they do not name them, mode=1777 is added (unless uid or gid is "
                "there) and "
                "nr_inodes, one for each 4 KiB of the size",
     .text = mount_options,
     .shipped = "rw,noexec,nosuid,nodev,size=65536k"},
    {.name = "DOCKER_CONTAINER_WORK_DIR_PATH",
     .target = into<work_mount, &docker::tmpfs_mount::path>(),
     .meaning = "Where a second tmpfs is mounted, the work directory of the image",
     .text = mount_point,
     .shipped = "/home/glot"},
    {.name = "DOCKER_CONTAINER_WORK_DIR_OPTIONS",
     .target = into<work_mount, &docker::tmpfs_mount::options>(),
     .meaning = "Its mount options; where they do not name them, mode=1777 is added (unless uid or gid is "
                "there) and "
                "nr_inodes, one for each 4 KiB of the size",
     .text = mount_options,
     .shipped = "rw,exec,nosuid,nodev,size=131072k"},
    {.name = "DOCKER_CONTAINER_MOUNTS",
     .target = into<&settings_draft::mounts>(),
     .meaning = "Files and folders of the engine's host that containers see, read-only and without what is "
                "mounted below them; without TARGET under the same path",
     .text = mount},
    {.name = "DOCKER_STOCK_IMAGES",
     .target = into<policy, &policy_settings::stock_images>(),
     .meaning = "Images without a runner, which get that of the host; with a policy its \"stock\" takes this "
                "setting's place",
     .text = stock_pattern},
    {.name = "DOCKER_STOCK_RUNNER_PATH",
     .target = into<policy, &policy_settings::stock_runner>(),
     .meaning =
         "The static code_runner that stock images get, on the engine's host and where the daemon runs",
     .text = absolute_path},
    {.name = "DEBUG_KEEP_CONTAINER",
     .target = into<container, &container_settings::debug_keep>(),
     .meaning =
         "Keeps every container after its run, stopped, to be looked into; turns the waiting containers off"},
};

} // namespace

std::span<const setting> container_settings_table() {
    return container_rows;
}

} // namespace docker_run
