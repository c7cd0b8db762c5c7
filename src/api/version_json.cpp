#include "api/version_json.hpp"

#include <optional>
#include <string>

namespace docker_run {

using nlohmann::ordered_json;

namespace {

void put(ordered_json& into, const char* name, const std::optional<std::string>& value) {
    if (value)
        into[name] = *value;
}

} // namespace

ordered_json version_json(const docker::engine_version& version) {
    ordered_json engine = ordered_json::object();
    put(engine, "version", version.version);
    put(engine, "apiVersion", version.api_version);
    put(engine, "gitCommit", version.git_commit);
    put(engine, "goVersion", version.go_version);
    put(engine, "os", version.os);
    put(engine, "arch", version.arch);
    put(engine, "kernelVersion", version.kernel_version);
    put(engine, "buildTime", version.build_time);
    if (version.platform_name)
        put(engine["platform"], "name", version.platform_name);
    if (!version.components.empty())
        engine["components"] = ordered_json::array();
    for (const auto& each : version.components) {
        ordered_json component = ordered_json::object();
        put(component, "name", each.name);
        put(component, "version", each.version);
        engine["components"].push_back(component);
    }
    ordered_json body = ordered_json::object();
    body["docker"] = engine;
    return body;
}

} // namespace docker_run
