#pragma once

#include "unique_fd.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace code_runner {

/// The container's own control group as it is mounted in the container, of version 1 or 2. It says nothing
/// where none is mounted, as with gVisor, and where we are not the container's first process: it could be the
/// group of many others then.
class cgroup {
  public:
    /// Opens what is there, for readings that cost one system call each.
    cgroup();

    /// Processor time of every process that is or was in the group.
    std::optional<std::chrono::nanoseconds> cpu_time() const;

    /// Bytes of memory that are no part of a file, of all processes of the group.
    std::optional<std::uint64_t> anonymous_memory() const;

  private:
    struct counter {
        unique_fd file;
        std::string_view name; ///< of the line, or empty where the file holds one number
        std::uint64_t unit = 1;
    };

    static counter open_counter(const char* group, const char* file, std::string_view name,
                                std::uint64_t unit);
    static std::optional<std::uint64_t> read(const counter& counter);

    counter cpu_time_;
    counter anonymous_memory_;
};

/// The number behind `name` in one of a group's files, "oom_kill 3" in memory.events; 0 without one.
std::uint64_t parse_count(std::string_view text, std::string_view name);

} // namespace code_runner
