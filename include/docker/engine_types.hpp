#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace docker_run::docker {

/// The version information of the engine. A field that the engine omits (Podman does) is empty.
struct engine_version {
    struct component {
        std::optional<std::string> name;
        std::optional<std::string> version;
    };
    std::optional<std::string> version, api_version, git_commit, go_version, os, arch, kernel_version,
        build_time;
    std::optional<std::string> platform_name;
    std::vector<component> components;
};

struct created_container {
    std::string id;                    ///< 64 lower-case hexadecimal digits
    std::vector<std::string> warnings; ///< mostly limits that the engine ignored
};

struct container_state {
    enum class phase { created, running, exited };
    phase now = phase::exited;
    int exit_code = 0;
    bool oom_killed =
        false; ///< the kernel killed a process in the container for lack of memory, not always the first one
    /// By the engine's clock, which may be set forward or back. Nothing if the container has not ended or the
    /// engine reports no UTC time.
    std::optional<std::chrono::system_clock::time_point> finished_at;
    std::string image_id; ///< "sha256:…", of the image that it was created from; empty if it is not known
};

struct container_summary {
    std::string id;
    std::string name;
    container_state::phase now = container_state::phase::running; ///< also for an unknown status
    std::map<std::string, std::string> labels;

    /// The value of a label, empty if there is none of that name.
    std::string label(const std::string& key) const {
        const auto position = labels.find(key);
        return position == labels.end() ? std::string() : position->second;
    }
};

struct image_details {
    std::string id;                              ///< "sha256:…"
    std::vector<std::string> repository_tags;    ///< "NAME:TAG", all its names on this engine
    std::vector<std::string> repository_digests; ///< "NAME@sha256:…", its names in registries
    std::vector<std::string> volumes;
    std::vector<std::string> entrypoint;
    std::map<std::string, std::string> labels;
};

/// An event of an image, with the engine's name for it: "tag", "delete", "import" ….
struct image_event {
    std::string action;
    std::string id; ///< of the image, or one of its names
};

} // namespace docker_run::docker
