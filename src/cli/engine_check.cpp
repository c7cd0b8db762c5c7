#include "cli/engine_check.hpp"

#include "cli/runtime_advice.hpp"
#include "container/leftovers.hpp"
#include "container/limit_check.hpp"
#include "container/uid_neighbours.hpp"
#include "docker/cgroup_parent.hpp"
#include "docker/engine.hpp"
#include "settings/container_kinds.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <fstream>
#include <iomanip>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace docker_run {

namespace asio = boost::asio;

namespace {

struct engine_answers {
    docker::engine_info info;
    std::vector<docker::container_summary> containers; ///< of any docker-run daemon
};

asio::awaitable<engine_answers> ask(docker::engine& engine) {
    engine_answers answers;
    answers.info = co_await engine.info();
    answers.containers = co_await engine.list(label::instance);
    co_return answers;
}

engine_answers ask(const docker::engine_settings& settings) {
    asio::io_context context;
    docker::engine engine(settings);
    auto answers = asio::co_spawn(context, ask(engine), asio::use_future);
    context.run();
    return answers.get();
}

std::string_view word(limit_check::result result) {
    switch (result) {
    case limit_check::result::enforced:
        return "enforced";
    case limit_check::result::missing:
        return "NOT ENFORCED";
    case limit_check::result::refused:
        return "NOT ENFORCED, no run may start";
    }
    return "";
}

void print_row(std::ostream& out, const limit_check& check) {
    out << std::left << std::setw(15) << check.limit << std::setw(32) << check.variable << std::setw(30)
        << check.value << word(check.outcome) << (check.reason.empty() ? "" : ": " + check.reason) << '\n';
}

/// The weight of a control group, with version 1 or 2 of cgroupfs. Empty if there is none.
std::string read_weight(const std::string& group) {
    for (const auto& [root, name] : {std::pair{"/sys/fs/cgroup/cpu", "/cpu.shares"},
                                     std::pair{"/sys/fs/cgroup/cpu,cpuacct", "/cpu.shares"},
                                     std::pair{"/sys/fs/cgroup", "/cpu.weight"}}) {
        const auto path = std::string(root).append(group).append(name);
        std::ifstream file(path);
        std::string weight;
        if (file >> weight)
            return weight.append(" in ").append(path);
    }
    return {};
}

/// The priority of containers when the CPUs are busy. It is no limit, so it is reported without a verdict.
std::string advice_on_priority(const std::string& parent, const docker::engine_info& engine) {
    if (parent.empty())
        return "DOCKER_CONTAINER_CGROUP_PARENT is unset: containers have the same right to the CPUs as the "
               "daemon and everything else on the host";
    // A slice of systemd is at the same place with both drivers.
    const auto weight = read_weight(docker::cgroupfs_path(parent));
    if (!weight.empty())
        return "containers rank by the weight " + weight +
               ": the lowest is 2 of a usual 1024 in cpu.shares, 1 of a usual 100 in cpu.weight, and 0 is "
               "idle";
    if (engine.cgroup_driver == "systemd")
        return "containers rank by the CPUWeight of " + parent + " (systemctl show -p CPUWeight " + parent +
               ")";
    return "the group " + parent +
           " cannot be seen from here or does not exist yet: with cgroupfs make it before the first "
           "container, and write 2 to its cpu.shares, or 1 to its cpu.weight with version 2";
}

std::string advice_on_sockets(const container_settings& container, const docker::engine_info& engine) {
    if (!container.inet)
        return "programs have neither TCP nor UDP";
    if (engine.cgroup_version == "2")
        return "the memory of TCP and UDP sockets counts in DOCKER_CONTAINER_MEMORY";
    return "with cgroup version 1 only the host's tcp_mem and udp_mem bound the memory of TCP and UDP "
           "sockets: "
           "version 2 counts it, DOCKER_CONTAINER_INET=false takes them away";
}

std::string advice_on_users(const container_settings& container, const docker::engine_info& engine) {
    const std::string of = engine.user_namespaces ? " of the engine's user name space" : " of this host";
    if (!container.uids)
        return "DOCKER_CONTAINER_UIDS is unset: containers share the user " + container.user + of +
               ", and a program may use up what the kernel counts by user";
    return "containers of images with code_runner run as the users " + std::to_string(container.uids.first) +
           " to " + std::to_string(container.uids.last) + of + ", one each";
}

void print_table(std::ostream& out, const container_settings& container, const docker::engine_info& engine) {
    for (const auto& check : check_limits(container, engine))
        print_row(out, check);
    out << advice_on_priority(container.cgroup_parent, engine) << '\n'
        << advice_on_users(container, engine) << '\n'
        << advice_on_sockets(container, engine) << '\n';
    if (const auto advice = advice_on_runtime(container.runtime, engine); !advice.empty())
        out << advice << '\n';
}

/// Prints advice that concerns the host as a whole.
void print_advice(std::ostream& out, const config& settings, const engine_answers& answers) {
    const auto sharing = instances_that_share(answers.containers, {}, uid_ranges_of(settings));
    if (sharing.size() > 1)
        out << "containers of " << sharing.size()
            << " daemons have users of DOCKER_CONTAINER_UIDS, or of one that was killed: each daemon needs a "
               "range of its own\n";
    std::ifstream file("/proc/sys/kernel/core_pattern");
    std::string pattern;
    if (std::getline(file, pattern) && pattern.starts_with('|'))
        out << "core dumps of this host go to a program (kernel.core_pattern): containers are limited to one "
               "byte, at which the kernel starts none for them\n";
}

} // namespace

int check_engine(const config& settings, std::ostream& out, std::ostream& errors) {
    engine_answers answers;
    try {
        answers = ask(settings.engine);
    } catch (const docker::engine_error& error) {
        errors << "docker-run: " << error.what() << '\n';
        return engine_unavailable_exit_code;
    }
    const auto& engine = answers.info;
    out << "Engine " << engine.version << " at " << settings.engine.socket_path << ", cgroup version "
        << engine.cgroup_version << ", cgroup driver " << engine.cgroup_driver << '\n';
    const auto& policy = settings.policy;
    if (policy.file.empty())
        print_table(out, settings.container, engine);
    for (std::size_t i = 0; i < policy.rules.size(); ++i) {
        out << (policy.file.empty() ? "Stock images:\n"
                                    : "images[" + std::to_string(i) + "] of " + policy.file + ":\n");
        print_table(out, policy.rules[i].options.container, engine);
    }
    print_advice(out, settings, answers);
    return unenforced_limits(containers_of(settings), engine).empty() ? everything_held_exit_code
                                                                      : something_failed_exit_code;
}

} // namespace docker_run
