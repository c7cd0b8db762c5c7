#include "cgroup.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace code_runner {
namespace {

constexpr std::string_view root = "/sys/fs/cgroup";

unique_fd open_file(const char* group, const char* file) {
    const std::string path = std::string{root} + group + "/" + file;
    return unique_fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
}

/// memory.stat has about 2 KiB.
constexpr std::size_t largest_file = 8192;

std::uint64_t parse_number(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// Whether process 1, which is the runner, is in this group itself and not in a group below it.
bool is_own_group(const char* group) {
    const unique_fd list = open_file(group, "cgroup.procs");
    char buffer[largest_file];
    const ssize_t count = ::read(list.get(), buffer, sizeof buffer);
    std::string_view text{buffer, static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
    return text.starts_with("1\n") || text.find("\n1\n") != std::string_view::npos;
}

} // namespace

cgroup::cgroup() {
    if (::getpid() != 1)
        return;
    cpu_time_ = open_counter("", "cpu.stat", "usage_usec", 1000);
    if (!cpu_time_.file)
        cpu_time_ = open_counter("/cpuacct", "cpuacct.usage", "", 1);
    anonymous_memory_ = open_counter("", "memory.stat", "anon", 1);
    if (!anonymous_memory_.file)
        anonymous_memory_ = open_counter("/memory", "memory.stat", "total_rss", 1);
}

cgroup::counter cgroup::open_counter(const char* group, const char* file, std::string_view name,
                                     std::uint64_t unit) {
    if (!is_own_group(group))
        return {};
    return {open_file(group, file), name, unit};
}

std::optional<std::uint64_t> cgroup::read(const counter& counter) {
    if (!counter.file)
        return std::nullopt;
    char buffer[largest_file];
    const ssize_t count = ::pread(counter.file.get(), buffer, sizeof buffer, 0);
    if (count <= 0)
        return std::nullopt;
    const std::string_view text{buffer, static_cast<std::size_t>(count)};
    return counter.unit * (counter.name.empty() ? parse_number(text) : parse_count(text, counter.name));
}

std::optional<std::chrono::nanoseconds> cgroup::cpu_time() const {
    const auto used = read(cpu_time_);
    if (!used)
        return std::nullopt;
    return std::chrono::nanoseconds{*used};
}

std::optional<std::uint64_t> cgroup::anonymous_memory() const {
    return read(anonymous_memory_);
}

std::uint64_t parse_count(std::string_view text, std::string_view name) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.starts_with(name) && line.substr(name.size()).starts_with(' '))
            return parse_number(line.substr(name.size() + 1));
    }
    return 0;
}

} // namespace code_runner
