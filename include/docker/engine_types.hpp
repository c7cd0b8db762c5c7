#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace docker_run::docker {

/// What the engine says about itself; a field that it leaves out (Podman does) is empty.
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
    std::vector<std::string> warnings; ///< limits that the engine dropped, mostly
};

struct container_state {
    enum class phase { created, running, exited };
    phase now = phase::exited;
    int exit_code = 0;
    bool oom_killed = false; ///< a process in the container was killed for memory, not always its first one
    /// By the engine's clock, which may be stepped; nothing where it has not ended or the engine writes no
    /// UTC time.
    std::optional<std::chrono::system_clock::time_point> finished_at;
};

struct container_summary {
    std::string id;
    std::string name;
    container_state::phase now = container_state::phase::running; ///< also where the engine's word is another
    std::map<std::string, std::string> labels;
};

struct image_details {
    std::string id;                              ///< "sha256:…"
    std::vector<std::string> repository_tags;    ///< "NAME:TAG", all that it is called here
    std::vector<std::string> repository_digests; ///< "NAME@sha256:…", what registries call it
    std::vector<std::string> volumes;
    std::vector<std::string> entrypoint;
    std::map<std::string, std::string> labels;
};

/// Something that happened to an image, in the engine's words: "tag", "delete", "import" ….
struct image_event {
    std::string action;
    std::string id; ///< of the image, or a name of it
};

} // namespace docker_run::docker
