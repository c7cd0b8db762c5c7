#include "cli/selftest_probes.hpp"

#include <iterator>

namespace docker_run {

namespace {

constexpr auto* cgroups = R"sh(
[ -e /proc/self/cgroup ] || { echo "NOTE: not tried, there are no control groups in it, as with gVisor"; exit; }
while IFS=: read -r number names path; do
    [ "$path" = / ] || echo "BREACH: it sees that it is in the group $path"
done < /proc/self/cgroup
true
)sh";

constexpr auto* core_dumps = R"sh(
[ -e /proc/self/limits ] || { echo "NOTE: not tried, /proc says nothing of limits, as with gVisor"; exit; }
while read -r first second third fourth soft hard unit; do
    case "$first $second $third" in
        "Max core file") [ "$soft $hard" = "1 1" ] || echo "BREACH: core dumps of $hard $unit" ;;
    esac
done < /proc/self/limits
true
)sh";

std::string user_of_its_own(std::uint32_t uid) {
    const auto number = std::to_string(uid);
    return "[ \"$(id -u) $(id -G)\" = \"" + number + " " + number +
           "\" ] || echo \"BREACH: it runs as $(id), not as user and group " + number + " alone\"; true";
}

/// Runs one group of the calls that try_calls/try_calls.cpp makes.
probe calls(std::string name, const std::string& group) {
    return {std::move(name), R"sh(printf "$(cat calls)" > try && chmod 755 try && ./try )sh" + group,
            unharmed, true};
}

} // namespace

std::vector<probe> isolation_probes(const container_settings& container) {
    std::vector<probe> probes = {
        {"groups of the host", cgroups, unharmed},
        {"core dumps", core_dumps, unharmed},
        calls("socket families", "families"),
        calls("programs of sockets", "programs"),
        calls("io_uring", "rings"),
        calls("asynchronous I/O", "aio"),
        calls("keyrings", "keyrings"),
        calls("name spaces", "name-spaces"),
        calls("programs in kernel", "kernel"),
        calls("limits of PID 1", "first-process"),
    };
    if (container.uids)
        probes.push_back({"user of its own", user_of_its_own(container.uids.last), unharmed});
    if (!container.inet)
        probes.push_back(calls("TCP and UDP", "internet"));
    return probes;
}

} // namespace docker_run
