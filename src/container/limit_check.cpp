#include "container/limit_check.hpp"

#include "json/number_text.hpp"

#include <algorithm>
#include <map>

namespace docker_run {

namespace {

using result = limit_check::result;

limit_check kernel_limit(std::string limit, std::string variable, std::string value, bool demanded,
                         bool enforced, std::string reason) {
    const auto otherwise = demanded ? result::refused : result::missing;
    return {std::move(limit), std::move(variable), std::move(value), enforced ? result::enforced : otherwise,
            enforced ? std::string() : std::move(reason)};
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names)
        text.append(text.empty() ? "" : ", ").append(name);
    return text;
}

/// Newer engines also accept the name or the path of a containerd shim, but do not list them.
bool names_a_shim(const std::string& runtime) {
    return runtime.starts_with("io.containerd.") || runtime.starts_with('/');
}

limit_check check_runtime(const std::string& runtime, const docker::engine_info& engine) {
    limit_check check{
        .limit = "runtime", .variable = "DOCKER_CONTAINER_RUNTIME", .value = runtime, .reason = {}};
    if (runtime.empty()) {
        check.value = "the engine's, " + engine.default_runtime;
        return check;
    }
    if (names_a_shim(runtime) || std::ranges::find(engine.runtimes, runtime) != engine.runtimes.end())
        return check;
    check.outcome = result::refused;
    check.reason = "the engine knows no such runtime, only " + joined(engine.runtimes);
    return check;
}

limit_check check_cgroup_parent(const std::string& parent, const docker::engine_info& engine) {
    limit_check check{.limit = "cgroup parent",
                      .variable = "DOCKER_CONTAINER_CGROUP_PARENT",
                      .value = parent,
                      .reason = {}};
    const bool is_slice = parent.ends_with(".slice");
    if (engine.cgroup_driver == "systemd" && !is_slice)
        check.reason = "the engine's cgroup driver is systemd, which takes a slice such as dockerrun.slice";
    else if (engine.cgroup_driver != "systemd" && engine.cgroup_driver != "cgroupfs")
        check.reason = "the engine has no cgroup driver";
    if (!check.reason.empty())
        check.outcome = result::refused;
    return check;
}

bool sends_profile(const container_settings& container, const docker::engine_info& engine) {
    return container.seccomp != seccomp_source::engine && engine.takes_profiles;
}

/// An engine that does not accept our profile (Podman) is no problem for images that filter by themselves.
/// Other images are refused one by one.
limit_check check_system_calls(const container_settings& container, const docker::engine_info& engine) {
    if (sends_profile(container, engine))
        return kernel_limit("system calls", "", "docker-run's seccomp profile", false, true, {});
    const bool own = container.seccomp == seccomp_source::engine;
    return kernel_limit("system calls", "", own ? "the engine's seccomp profile" : "code_runner's filter",
                        false, engine.seccomp, "the engine runs containers without a seccomp profile");
}

} // namespace

std::vector<limit_check> check_limits(const container_settings& container,
                                      const docker::engine_info& engine) {
    const auto& demanded = container.demanded;
    std::vector<limit_check> checks = {
        kernel_limit("memory", "DOCKER_CONTAINER_MEMORY", std::to_string(container.memory) + " bytes", false,
                     engine.memory_limit, "the engine cannot limit memory"),
        kernel_limit("swap", "DOCKER_CONTAINER_MEMORY_SWAP",
                     std::to_string(container.memory_swap - container.memory) + " bytes",
                     demanded.memory_swap, engine.swap_limit,
                     "the engine cannot limit swap (the kernel may need swapaccount=1 at boot)"),
        kernel_limit("processes", "DOCKER_CONTAINER_PIDS_LIMIT", std::to_string(container.pids_limit),
                     demanded.pids_limit, engine.pids_limit, "the engine cannot limit processes"),
        kernel_limit("CPUs", "DOCKER_CONTAINER_CPUS", show_number(container.cpus), demanded.cpus,
                     engine.cpu_quota, "the engine's kernel has no CPU quota"),
        check_system_calls(container, engine),
        check_runtime(container.runtime, engine),
    };
    if (!container.inet)
        checks.push_back(kernel_limit("TCP and UDP", "DOCKER_CONTAINER_INET", "false", true,
                                      sends_profile(container, engine),
                                      "only docker-run's seccomp profile keeps programs from them, which is "
                                      "not sent to this engine or with DOCKER_CONTAINER_SECCOMP=engine"));
    if (!container.cgroup_parent.empty())
        checks.push_back(check_cgroup_parent(container.cgroup_parent, engine));
    return checks;
}

std::vector<limit_check> unenforced_limits(const std::vector<container_settings>& containers,
                                           const docker::engine_info& engine) {
    std::map<std::string, limit_check> worst;
    for (const auto& container : containers) {
        for (auto& each : check_limits(container, engine)) {
            auto& known = worst[each.limit];
            if (known.outcome < each.outcome)
                known = std::move(each);
        }
    }
    std::vector<limit_check> unenforced;
    for (auto& [limit, check] : worst)
        if (check.outcome != result::enforced)
            unenforced.push_back(std::move(check));
    return unenforced;
}

std::string unfiltered(const container_settings& container, const docker::engine_info& engine,
                       bool has_runner) {
    if (has_runner || container.seccomp == seccomp_source::unenforced || sends_profile(container, engine))
        return {};
    if (container.seccomp == seccomp_source::engine)
        return engine.seccomp ? std::string() : "the engine runs containers without a seccomp profile";
    return "the engine takes no seccomp profile in the create call, and the image has no code_runner that "
           "filters system calls; see DOCKER_CONTAINER_SECCOMP";
}

std::string refusal(const std::vector<limit_check>& checks) {
    const auto refused = std::ranges::find(checks, result::refused, &limit_check::outcome);
    return refused == checks.end() ? std::string() : "the engine does not enforce " + to_string(*refused);
}

bool discards_demanded_limit(std::string_view warning, const demanded_limits& demanded) {
    std::string words(warning);
    std::ranges::transform(words, words.begin(),
                           [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
    const auto says = [&words](std::string_view phrase) { return words.find(phrase) != std::string::npos; };
    return (demanded.memory_swap && says("swap limit")) || (demanded.pids_limit && says("pids limit")) ||
           (demanded.cpus && says("cpu cfs"));
}

std::string to_string(const limit_check& check) {
    const auto& subject = check.variable.empty() ? check.limit : check.variable;
    return subject + ", " + check.value + ": " + check.reason;
}

} // namespace docker_run
