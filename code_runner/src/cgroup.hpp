#pragma once

#include "unique_fd.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace code_runner {

/// The container's own control group, of version 1 or 2, as mounted in the container. All values are empty if
/// no group is mounted, as with gVisor, or if this is not the container's first process, because the group
/// could then belong to many others.
class cgroup {
  public:
    /// Opens the files that exist, so that each reading costs one system call.
    cgroup();

    /// Processor time of all processes that are or were in the group.
    std::optional<std::chrono::nanoseconds> cpu_time() const;

    /// Memory of all processes of the group that is not part of a file, in bytes.
    std::optional<std::uint64_t> anonymous_memory() const;

  private:
    struct counter {
        unique_fd file;
        std::string_view name; ///< of the line; empty if the file holds only one number
        std::uint64_t unit = 1;
    };

    static counter open_counter(const char* group, const char* file, std::string_view name,
                                std::uint64_t unit);
    static std::optional<std::uint64_t> read(const counter& counter);

    counter cpu_time_;
    counter anonymous_memory_;
};

/// The number after `name` in a file of a group, as in "oom_kill 3" of memory.events; 0 if there is none.
std::uint64_t parse_count(std::string_view text, std::string_view name);

} // namespace code_runner
