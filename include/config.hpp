#pragma once

#include "caller.hpp"
#include "image_pattern.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace docker_run {

// All settings as one value. Read once at start from the environment (settings.hpp) and handed out in parts:
// no module but `settings` knows the name of an environment variable. The ranges stand in settings.cpp.

/// How requests come in.
struct server_settings {
    std::string listen_address;
    std::uint16_t listen_port = 0;
    std::size_t worker_threads = 1; ///< threads of the daemon, and runs at once
    bool reuse_port = false;
    bool realtime = false; ///< its threads have real-time priority
    std::size_t max_connections = 4096;
    std::size_t max_connections_per_address = 1024;
    std::vector<std::string> trusted_proxies; ///< each as http::ip_prefix takes it
    std::size_t max_body_size = 2'097'152;    ///< bytes
    std::chrono::seconds header_timeout{10};
    std::chrono::seconds body_timeout{30};
    std::chrono::seconds write_timeout{30};
    std::chrono::seconds idle_timeout{130};
    std::chrono::seconds drain_delay{0};
    std::chrono::seconds stop_timeout{0};
    std::string state_directory; ///< empty: none
};

/// Who may call.
struct api_settings {
    std::vector<access_token> access_tokens; ///< at least one, none empty
    std::string access_token_file; ///< where they came from, to be read again; empty: from the environment
};

/// Where the Docker Engine is and how long its small calls may take.
struct engine_settings {
    std::string socket_path;
    std::chrono::seconds read_timeout{0};
    std::chrono::seconds write_timeout{0};
};

/// A tmpfs in the container, e.g. {"/tmp", "rw,noexec,nosuid,size=65536k,mode=1777"}.
struct tmpfs_mount {
    std::string path;
    std::string options;
    friend bool operator==(const tmpfs_mount&, const tmpfs_mount&) = default;
};

/// A file or folder of the engine's host that a container sees, read-only and without what is mounted below.
struct bind_mount {
    std::string source;
    std::string target;
    friend bool operator==(const bind_mount&, const bind_mount&) = default;
};

/// Which limits were set in variables of ours: without one that the engine cannot enforce no run may start.
/// Those that the predecessor had, and our defaults, are only warned of.
struct demanded_limits {
    bool memory_swap = false;
    bool pids_limit = false;
    bool cpus = false;
    friend bool operator==(const demanded_limits&, const demanded_limits&) = default;
};

/// Whose seccomp profile containers get.
enum class seccomp_source : std::uint8_t {
    docker_run, ///< ours, in the create call; an image that nothing would filter is refused
    engine,     ///< the engine's own
    unenforced  ///< as docker_run, but nothing is refused where nothing filters
};

/// Users of the host that containers run as, one each; none where both are 0.
struct uid_range {
    std::uint32_t first = 0;
    std::uint32_t last = 0; ///< the last one that belongs to it
    explicit operator bool() const noexcept { return last != 0; }
    bool contains(std::uint32_t uid) const noexcept { return last != 0 && first <= uid && uid <= last; }
    std::size_t size() const noexcept { return last == 0 ? 0 : std::size_t{last} - first + 1; }
    friend bool operator==(const uid_range&, const uid_range&) = default;
};

/// What every container is created with.
struct container_settings {
    std::string hostname;
    std::string user;
    uid_range uids; ///< in place of `user` where the image has our runner
    seccomp_source seccomp = seccomp_source::docker_run;
    bool inet = true;             ///< programs may open sockets of AF_INET and AF_INET6
    std::int64_t memory = 0;      ///< bytes
    std::int64_t memory_swap = 0; ///< bytes, memory and swap together
    std::int64_t pids_limit = 0;
    double cpus = 0;
    std::string runtime;       ///< empty: never sent, the engine's default stands
    std::string cgroup_parent; ///< a slice or a path; empty: the engine's own
    bool network_disabled = true;
    bool readonly_rootfs = false;
    std::int64_t nofile_soft = 0;
    std::int64_t nofile_hard = 0;
    std::int64_t nproc_soft = 0;
    std::int64_t nproc_hard = 0;
    std::vector<std::string> cap_drop;
    std::vector<std::string> cap_add;
    std::optional<tmpfs_mount> tmp_dir;
    std::optional<tmpfs_mount> work_dir;
    std::vector<bind_mount> mounts;
    /// The program of the engine's host that is put in and becomes the entrypoint, for work_dir; empty: the
    /// image has one.
    std::string runner;
    demanded_limits demanded;
    bool debug_keep = false;
    friend bool operator==(const container_settings&, const container_settings&) = default;
};

/// Limits of one run and of the line in front of it.
struct run_settings {
    std::chrono::seconds max_execution_time{0};
    std::size_t max_output_size = 0; ///< bytes
    std::size_t queue_size = 0;
    std::chrono::seconds queue_timeout{10};
};

/// What a run of one image gets. Two containers of an image whose options are equal are the same to a run.
struct container_options {
    container_settings container;
    std::chrono::seconds max_execution_time{0};
    std::size_t max_output_size = 0; ///< bytes
    friend bool operator==(const container_options&, const container_options&) = default;
};

/// What the operator's policy says of the images that one of the patterns matches.
struct image_rule {
    std::vector<image_pattern> match; ///< at least one
    container_options options;
};

/// Which images may be run, and with which options.
struct policy_settings {
    std::string file;                      ///< where the rules come from, to be read again; empty: no policy
    std::vector<std::string> stock_images; ///< patterns of images without a runner; only without a file
    std::string stock_runner = "/usr/lib/docker-run/code_runner";
    std::vector<image_rule> rules; ///< the first that matches counts; with a file no match is a refusal
};

/// The warm containers.
struct pool_settings {
    bool enabled = true;
    std::size_t max_per_image = 8;
    std::size_t max_total = 32;
    std::int64_t memory_budget = 268'435'456; ///< bytes, for all waiting containers together
    std::chrono::seconds idle_time{600};      ///< an image that nobody asked for so long is not kept warm
    std::chrono::seconds max_age{3600};       ///< a waiting container is replaced after this
    std::vector<std::string> prewarm;         ///< images to warm at start
    bool prestart = true; ///< may the runner start the interpreter before the payload comes
};

enum class log_format : std::uint8_t { logfmt, json };
enum class log_level : std::uint8_t { debug, info, warning, error };

struct log_settings {
    log_level level = log_level::info;
    log_format format = log_format::logfmt;
};

struct config {
    server_settings server;
    api_settings api;
    engine_settings engine;
    container_settings container;
    run_settings run;
    policy_settings policy;
    pool_settings pool;
    log_settings log;
};

} // namespace docker_run
