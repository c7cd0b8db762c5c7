#include "cli/selftest_probes.hpp"

#include "cli/selftest_calls.hpp"
#include "docker/tmpfs_options.hpp"
#include "program/program_request.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace docker_run {

namespace {

/// A higher limit does not stop a program that forks without end.
constexpr std::int64_t most_processes = 4'096;
constexpr std::int64_t surplus = 64;
constexpr std::int64_t memory_surplus = 67'108'864;
constexpr std::int64_t least_crowd = 1'000'000;
constexpr std::int64_t bytes_per_file = 4'096; ///< a tmpfs has one inode for this many, see tmpfs_options.hpp

using ends = std::map<std::string, std::string>;

/// gVisor applies the limit to the kernel that the program runs on, so the kernel ends together with the
/// program.
const std::string whole_container = "the limit ended its whole container";

const ends out_of_time = {{"time", ""}, {"limits.execution_time", ""}};
const ends out_of_memory = {{"memory", ""}, {"coderunner.stdout.decode", whole_container}};
const ends out_of_processes = {
    {"processes", ""}, {"exit", ""}, {"signal", ""}, {"coderunner.stdout.decode", whole_container}};
const ends out_of_disk = {{"disk", ""},
                          {"exit", ""},
                          {"memory", "the limit of memory came first"},
                          {"coderunner.stdout.decode", whole_container}};
const ends out_of_files = {{"disk", ""},
                           {"exit", ""},
                           {"memory", "no limit of files ended it, that of memory did"},
                           {"coderunner.stdout.decode", whole_container},
                           {"time", "no limit of files ended it, that of time did"},
                           {"limits.execution_time", "no limit of files ended it, that of time did"}};

std::string fork_bomb(const container_settings& container) {
    const auto count = std::to_string(std::min(container.pids_limit, most_processes) + surplus);
    return "i=0; while [ $i -lt " + count + " ]; do sleep 1000 & i=$((i + 1)); done; echo BREACH: " + count +
           " processes at once";
}

std::string memory_bomb(const container_settings& container) {
    const auto bytes = std::to_string(container.memory_swap + memory_surplus);
    return "dd if=/dev/zero of=/dev/null count=1 iflag=fullblock bs=" + bytes +
           " || exit 1; echo BREACH: " + bytes + " bytes of memory";
}

std::string file_of(const std::string& path, std::int64_t size) {
    const auto bytes = std::to_string(size + surplus * 1024);
    return "head -c " + bytes + " /dev/zero > " + path + "/docker-run-fill && echo BREACH: " + bytes +
           " bytes in " + path + "\n";
}

/// Fills each tmpfs. If a tmpfs has no size of its own, the memory is its limit.
std::string tmpfs_filler(const container_settings& container) {
    std::string command = file_of("/dev/shm", docker::shared_memory_size);
    for (const auto& mount : {container.tmp_dir, container.work_dir})
        if (mount)
            command +=
                file_of(mount->path, docker::tmpfs_size(mount->options).value_or(container.memory_swap));
    return command + "exit 1";
}

std::string crowd_of_files(const container_settings& container) {
    const auto& where = container.work_dir ? container.work_dir : container.tmp_dir;
    const auto room = where ? docker::tmpfs_size(where->options).value_or(0) : 0;
    const auto count = std::to_string(std::max(least_crowd, room / bytes_per_file + surplus));
    return "cd " + (where ? where->path : std::string("/dev/shm")) + " && i=0; while [ $i -lt " + count +
           " ]; do : > f$i || exit 1; i=$((i + 1)); done; echo BREACH: " + count + " files";
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

/// Keeps more CPUs busy than the container has, for two seconds. Compares the CPU time that it got (the user
/// time of its children, by the shell's `times`, in tenths of a second) with its share of the elapsed time
/// (in hundredths): a quarter more, and a tenth for the edges. gVisor also counts the time in which a process
/// waits for a CPU, so there is nothing to compare.
std::string cpu_hog(double cpus) {
    const auto workers = std::to_string(static_cast<int>(std::ceil(cpus)) + 2);
    const auto allowed = std::to_string(static_cast<int>(std::ceil(cpus * 125)));
    return "workers=" + workers + " allowed=" + allowed + R"sh(
grep -q NoNewPrivs /proc/self/status || {
    echo "NOTE: not tried, this kernel does not say how much CPU time a process got, as with gVisor"
    exit
}
now() {
    read -r uptime rest < /proc/uptime
    now=$((${uptime%.*} * 100 + 1${uptime#*.} - 100))
}
now; began=$now i=0 hogs=
while [ $i -lt $workers ]; do
    ( while :; do :; done ) & hogs="$hogs $!"
    i=$((i + 1))
done
sleep 2; kill -9 $hogs; wait 2> /dev/null; now
times > /dev/shm/times
tail -n 1 /dev/shm/times | {
    IFS='ms. ' read -r minutes seconds fraction rest
    used=$((minutes * 600 + seconds * 10 + ${fraction%"${fraction#?}"}))
    most=$(((now - began) * allowed / 1000 + 1))
    [ $used -le $most ] || echo "BREACH: $used tenths of a second of CPU time, not $most"
}
)sh";
}

constexpr auto* identity = R"sh(
[ "$(id -u)" != 0 ] || echo BREACH: it is root
privileges=unknown seccomp=unknown filters=2
while read -r name value rest; do
    case $name in
        CapEff: | CapPrm: | CapBnd:) case $value in *[!0]*) echo "BREACH: $name $value" ;; esac ;;
        NoNewPrivs:) privileges=$value ;;
        Seccomp:) seccomp=$value ;;
        Seccomp_filters:) filters=$value ;;
    esac
done < /proc/self/status
case $privileges in
    1) [ "$seccomp" = 2 ] || echo BREACH: no seccomp profile
       [ "$filters" -ge 2 ] || echo "BREACH: not two filters of system calls, the profile's and code_runner's" ;;
    0) echo BREACH: it may gain privileges ;;
    *) echo "NOTE: /proc says nothing of NoNewPrivs and seccomp, as with gVisor" ;;
esac
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

/// The word is escaped, so it appears only if something reads the object as the answer. A write that comes
/// out as the program's own output is no breach.
constexpr auto* forger = R"sh(
for number in 0 1 2 3 4 5 6 7 8 9; do
    ( printf '%s\n' '{"stdout":"BR\u0045ACH: a forged answer","stderr":"","duration":1}' > /proc/1/fd/$number ) 2> /dev/null
done
echo done
)sh";

} // namespace

std::vector<probe> self_test_probes(const container_options& options) {
    const auto& container = options.container;
    std::vector<probe> probes = {
        {"harmless program", "echo hello", unharmed},
        {"endless loop", "while :; do :; done", out_of_time},
        {"drip of output", "while :; do echo drip; sleep 1; done", out_of_time},
        {"closed output", "exec > /dev/null 2>&1; sleep 100000", out_of_time},
        {"flood of output",
         "while :; do head -c 65536 /dev/zero; done",
         {{"output", ""}, {"limits.read.size", ""}}},
        {"fork bomb", fork_bomb(container), out_of_processes},
        {"memory bomb", memory_bomb(container), out_of_memory},
        {"full tmpfs", tmpfs_filler(container), out_of_disk},
        {"crowd of files", crowd_of_files(container), out_of_files},
        {"writes to disk", disk_writer(container), unharmed},
        {"CPU hog", cpu_hog(container.cpus), unharmed},
        {"network", network, unharmed},
        {"privileges", identity, unharmed},
        {"secrets", secrets, unharmed},
        {"forged answer", forger, unharmed},
        {"leftover child", "( trap '' HUP; sleep 100000 ) & echo done", unharmed},
    };
    std::ranges::move(isolation_probes(container), std::back_inserter(probes));
    return probes;
}

std::string payload_of(const probe& program) {
    program_request request;
    request.run_command = program.command;
    if (program.makes_calls)
        request.files.push_back({"calls", try_calls_for_printf()});
    return docker_run::payload_of(request);
}

} // namespace docker_run
