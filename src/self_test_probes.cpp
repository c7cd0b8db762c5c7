#include "self_test_probes.hpp"

#include "tmpfs_options.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace docker_run {

namespace {

/// A limit beyond this is none for a program that forks without end.
constexpr std::int64_t most_processes = 4'096;
constexpr std::int64_t surplus = 64;

const std::vector<std::string> out_of_time = {"time", "limits.execution_time"};
/// The kernel kills the program, or under gVisor the kernel that it runs on, and so its container.
const std::vector<std::string> out_of_memory = {"memory", "coderunner.stdout.decode"};

std::string fork_bomb(const container_settings& container) {
    const auto count = std::to_string(std::min(container.pids_limit, most_processes) + surplus);
    return "i=0; while [ $i -lt " + count + " ]; do sleep 1000 & i=$((i + 1)); done; echo BREACH: " + count +
           " processes at once";
}

std::string memory_bomb(const container_settings& container) {
    const auto bytes = std::to_string(container.memory_swap + container.memory);
    return "head -c " + bytes + " /dev/zero | tail -n 1 > /dev/null || exit 1; echo BREACH: " + bytes +
           " bytes of memory";
}

std::string file_of(const std::string& path, std::int64_t size) {
    const auto bytes = std::to_string(size + surplus * 1024);
    return "head -c " + bytes + " /dev/zero > " + path + "/docker-run-fill && echo BREACH: " + bytes +
           " bytes in " + path + "\n";
}

/// Fills each tmpfs; where one has no size of its own the memory is its limit.
std::string tmpfs_filler(const container_settings& container) {
    std::string command = file_of("/dev/shm", shared_memory_size);
    for (const auto& mount : {container.tmp_dir, container.work_dir})
        if (mount)
            command += file_of(mount->path, tmpfs_size(mount->options).value_or(container.memory_swap));
    return command + "exit 1";
}

std::string crowd_of_files(const container_settings& container) {
    const auto& where = container.work_dir ? container.work_dir : container.tmp_dir;
    return "cd " + (where ? where->path : std::string("/dev/shm")) +
           " && i=0; while [ $i -lt 1000000 ]; do : > f$i || exit 1; i=$((i + 1)); done; "
           "echo BREACH: a million files";
}

std::string disk_writer(const container_settings& container) {
    std::string command =
        "for d in / /bin /dev /etc /home /lib /mnt /opt /root /run /run/lock /srv /sys /tmp /usr "
        "/var /var/lock /var/log /var/tmp /home/*; do case $d in ";
    for (const auto& mount : {container.tmp_dir, container.work_dir})
        if (mount)
            command += mount->path + ") continue ;; ";
    return command +
           "esac; ( : > $d/docker-run-fill ) 2> /dev/null && echo BREACH: $d can be written; done; true";
}

/// Keeps more CPUs busy than it has, for two seconds, and counts how much of them it got (user and system
/// time of its children, by the shell's `times`).
std::string cpu_hog(double cpus) {
    const auto workers = std::to_string(static_cast<int>(std::ceil(cpus)) + 2);
    const auto allowed = std::to_string(static_cast<int>(std::ceil(cpus * 2 * 1.25 + 0.5)));
    return "i=0; p=; while [ $i -lt " + workers +
           " ]; do ( while :; do :; done ) & p=\"$p $!\"; i=$((i + 1)); done; "
           "sleep 2; kill -9 $p; wait 2> /dev/null; times > t 2> /dev/null || times > /tmp/t; "
           "cat t /tmp/t 2> /dev/null | tail -n 1 | { IFS='ms. ' read m s rest; "
           "[ $((m * 60 + s)) -lt " +
           allowed + " ] || echo BREACH: $((m * 60 + s)) s of CPU time in 2 s; }";
}

constexpr auto* identity = R"sh(
[ "$(id -u)" != 0 ] || echo BREACH: it is root
while read -r name value rest; do
    case $name in
        CapEff: | CapPrm: | CapBnd:) case $value in *[!0]*) echo "BREACH: $name $value" ;; esac ;;
        NoNewPrivs:) [ "$value" = 1 ] || echo BREACH: it may gain privileges ;;
        Seccomp:) [ "$value" = 2 ] || ! grep -q NoNewPrivs /proc/self/status || echo BREACH: no seccomp profile ;;
    esac
done < /proc/self/status
true
)sh";

constexpr auto* network = R"sh(
while read -r name rest; do
    case $name in *\|* | Inter-* | face | lo:*) ;; *) echo "BREACH: the network $name" ;; esac
done < /proc/net/dev
true
)sh";

constexpr auto* secrets = R"sh(
env | grep -E '^(API|DOCKER|SERVER|CODE_RUNNER)_' && echo BREACH: settings of the daemon
for socket in /var/run/docker.sock /run/docker.sock /run/containerd/containerd.sock /run/podman/podman.sock; do
    [ ! -e $socket ] || echo BREACH: $socket
done
true
)sh";

/// The word is spelt so that only whoever takes the object for the answer reads it: a write that comes out as
/// the program's own output is no breach.
constexpr auto* forger = R"sh(
for number in 0 1 2 3 4 5 6 7 8 9; do
    ( printf '%s\n' '{"stdout":"BR\u0045ACH: a forged answer","stderr":"","duration":1}' > /proc/1/fd/$number ) 2> /dev/null
done
echo done
)sh";

} // namespace

std::vector<probe> self_test_probes(const container_options& options) {
    const auto& container = options.container;
    return {
        {"harmless program", "echo hello", {"ok"}},
        {"endless loop", "while :; do :; done", out_of_time},
        {"drip of output", "while :; do echo drip; sleep 1; done", out_of_time},
        {"closed output", "exec > /dev/null 2>&1; sleep 100000", out_of_time},
        {"flood of output", "while :; do head -c 65536 /dev/zero; done", {"output", "limits.read.size"}},
        {"fork bomb", fork_bomb(container), {"processes", "exit", "signal", "coderunner.stdout.decode"}},
        {"memory bomb", memory_bomb(container), out_of_memory},
        {"full tmpfs", tmpfs_filler(container), {"disk", "exit", "memory", "coderunner.stdout.decode"}},
        {"crowd of files",
         crowd_of_files(container),
         {"disk", "exit", "memory", "coderunner.stdout.decode", "time", "limits.execution_time"}},
        {"writes to disk", disk_writer(container), {"ok"}},
        {"CPU hog", cpu_hog(container.cpus), {"ok"}},
        {"network", network, {"ok"}},
        {"privileges", identity, {"ok"}},
        {"secrets", secrets, {"ok"}},
        {"forged answer", forger, {"ok"}},
        {"leftover child", "( trap '' HUP; sleep 100000 ) & echo done", {"ok"}},
    };
}

std::string payload_of(const probe& which) {
    const nlohmann::json instructions = {{"buildCommands", nlohmann::json::array()},
                                         {"runCommand", which.command}};
    const nlohmann::json payload = {{"runInstructions", instructions}, {"files", nlohmann::json::array()}};
    return payload.dump();
}

} // namespace docker_run
