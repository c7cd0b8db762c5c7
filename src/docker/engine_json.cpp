#include "docker/engine_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <ctime>

namespace docker_run::docker {

using nlohmann::json;

namespace {

[[noreturn]] void throw_broken(const std::string& fault) {
    throw engine_error(engine_fault::broken, "the engine's answer " + fault);
}

json parse(std::string_view body) {
    auto parsed = json::parse(body, nullptr, false);
    if (parsed.is_discarded())
        throw_broken("is not JSON");
    return parsed;
}

json parse_object(std::string_view body) {
    auto parsed = parse(body);
    if (!parsed.is_object())
        throw_broken("is not a JSON object");
    return parsed;
}

/// The member, or null if it is absent or `from` is not an object.
const json& member(const json& from, const char* name) {
    static const json absent;
    const auto position = from.is_object() ? from.find(name) : from.end();
    return from.is_object() && position != from.end() ? *position : absent;
}

std::optional<std::string> text(const json& from, const char* name) {
    const auto& value = member(from, name);
    if (!value.is_string())
        return std::nullopt;
    return value.get<std::string>();
}

std::string required_text(const json& from, const char* name) {
    auto value = text(from, name);
    if (!value || value->empty())
        throw_broken(std::string("has no ") + name);
    return std::move(*value);
}

std::vector<std::string> texts(const json& list) {
    std::vector<std::string> result;
    for (const auto& each : list)
        if (each.is_string())
            result.push_back(each.get<std::string>());
    return result;
}

std::map<std::string, std::string> labels(const json& from) {
    std::map<std::string, std::string> result;
    for (const auto& [name, value] : from.items())
        if (value.is_string())
            result.emplace(name, value.get<std::string>());
    return result;
}

/// "2026-11-22T04:35:00.123456789Z" (RFC 3339), as the engine writes it; year 1 means never.
std::optional<std::chrono::system_clock::time_point> utc_time(const std::string& written) {
    std::tm calendar{};
    const char* rest = ::strptime(written.c_str(), "%Y-%m-%dT%H:%M:%S", &calendar);
    if (!rest || calendar.tm_year < 70)
        return std::nullopt;
    std::chrono::nanoseconds fraction{0};
    if (*rest == '.') {
        std::chrono::nanoseconds digit = std::chrono::milliseconds(100);
        for (++rest; *rest >= '0' && *rest <= '9'; ++rest, digit /= 10)
            fraction += digit * (*rest - '0');
    }
    if (std::string_view(rest) != "Z")
        return std::nullopt;
    return std::chrono::system_clock::from_time_t(::timegm(&calendar)) + fraction;
}

/// The phase for a status of Docker or of Podman ("configured", "initialized", "stopped"). Nothing for a
/// container that is being removed and for an unknown status.
std::optional<container_state::phase> phase_of(std::string_view status) {
    using enum container_state::phase;
    if (status == "created" || status == "configured" || status == "initialized")
        return created;
    if (status == "running" || status == "paused" || status == "restarting" || status == "stopping")
        return running;
    if (status == "exited" || status == "dead" || status == "stopped")
        return exited;
    return std::nullopt;
}

/// Ids become part of the paths of later calls, so any other text is refused.
std::string container_id(const json& from) {
    auto id = required_text(from, "Id");
    const bool well_formed = id.size() == 64 && std::ranges::all_of(id, [](char c) {
                                 return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                             });
    if (!well_formed)
        throw_broken("has an Id that is none");
    return id;
}

} // namespace

engine_version parse_version(std::string_view body) {
    const auto from = parse_object(body);
    engine_version version;
    version.version = text(from, "Version");
    version.api_version = text(from, "ApiVersion");
    version.git_commit = text(from, "GitCommit");
    version.go_version = text(from, "GoVersion");
    version.os = text(from, "Os");
    version.arch = text(from, "Arch");
    version.kernel_version = text(from, "KernelVersion");
    version.build_time = text(from, "BuildTime");
    version.platform_name = text(member(from, "Platform"), "Name");
    for (const auto& each : member(from, "Components")) {
        engine_version::component component;
        component.name = text(each, "Name");
        component.version = text(each, "Version");
        version.components.push_back(std::move(component));
    }
    return version;
}

engine_info parse_info(std::string_view body) {
    const auto from = parse_object(body);
    const auto says = [&from](const char* name) {
        const auto& value = member(from, name);
        return value.is_boolean() && value.get<bool>();
    };
    engine_info info;
    info.version = text(from, "ServerVersion").value_or("");
    info.memory_limit = says("MemoryLimit");
    info.swap_limit = says("SwapLimit");
    info.pids_limit = says("PidsLimit");
    info.cpu_quota = says("CpuCfsPeriod") && says("CpuCfsQuota");
    for (const auto& option : texts(member(from, "SecurityOptions"))) {
        const bool seccomp = option.starts_with("name=seccomp");
        info.takes_profiles = info.takes_profiles || seccomp;
        info.seccomp = info.seccomp || (seccomp && !option.ends_with("unconfined"));
        info.user_namespaces = info.user_namespaces || option.starts_with("name=userns");
    }
    for (const auto& [name, ignored] : member(from, "Runtimes").items())
        info.runtimes.push_back(name);
    info.default_runtime = text(from, "DefaultRuntime").value_or("");
    info.cgroup_driver = text(from, "CgroupDriver").value_or("");
    info.cgroup_version = text(from, "CgroupVersion").value_or("");
    return info;
}

created_container parse_created(std::string_view body) {
    const auto from = parse_object(body);
    created_container created;
    created.id = container_id(from);
    created.warnings = texts(member(from, "Warnings"));
    return created;
}

container_state parse_container_state(std::string_view body) {
    const auto from = parse_object(body);
    const auto& state = member(from, "State");
    const auto status = required_text(state, "Status");
    container_state result;
    result.now = phase_of(status).value_or(container_state::phase::exited);
    const auto& exit_code = member(state, "ExitCode");
    const auto& oom_killed = member(state, "OOMKilled");
    result.exit_code = exit_code.is_number_integer() ? exit_code.get<int>() : 0;
    result.oom_killed = oom_killed.is_boolean() && oom_killed.get<bool>();
    result.finished_at = utc_time(text(state, "FinishedAt").value_or(""));
    result.image_id = text(from, "Image").value_or("");
    return result;
}

std::vector<container_summary> parse_container_list(std::string_view body) {
    const auto from = parse(body);
    if (!from.is_array())
        throw_broken("is not a list");
    std::vector<container_summary> result;
    for (const auto& each : from) {
        container_summary summary;
        summary.id = container_id(each);
        const auto names = texts(member(each, "Names"));
        if (!names.empty()) // Docker and Podman write "/name"
            summary.name = names.front().substr(names.front().starts_with('/') ? 1 : 0);
        summary.now = phase_of(text(each, "State").value_or("")).value_or(container_state::phase::running);
        summary.labels = labels(member(each, "Labels"));
        result.push_back(std::move(summary));
    }
    return result;
}

image_details parse_image(std::string_view body) {
    const auto from = parse_object(body);
    image_details image;
    image.id = required_text(from, "Id");
    image.repository_tags = texts(member(from, "RepoTags"));
    image.repository_digests = texts(member(from, "RepoDigests"));
    const auto& config = member(from, "Config");
    for (const auto& [path, ignored] : member(config, "Volumes").items())
        image.volumes.push_back(path);
    image.entrypoint = texts(member(config, "Entrypoint"));
    image.labels = labels(member(config, "Labels"));
    return image;
}

image_event parse_event(std::string_view line) {
    const auto from = parse_object(line);
    image_event event;
    event.action = text(from, "Action").value_or("");
    event.id = text(member(from, "Actor"), "ID").value_or("");
    return event;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view plain = "-._~/";
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool letter_or_digit =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter_or_digit || plain.find(c) != std::string_view::npos) {
            encoded += c;
            continue;
        }
        encoded += '%';
        encoded += digits[byte >> 4];
        encoded += digits[byte & 15];
    }
    return encoded;
}

} // namespace docker_run::docker
