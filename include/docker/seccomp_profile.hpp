#pragma once

#include <cstdint>
#include <string>

namespace docker_run::docker {

/// Which system calls a profile allows.
enum class call_list : std::uint8_t {
    complete, ///< those that the table allows; all others are refused
    brief     ///< all but those that the table refuses, for a program that filters the rest itself
};

/// The container that a profile is for.
struct profile_use {
    call_list list = call_list::complete;
    bool code_runner = false; ///< its first program loads its own filter; the brief list always allows this
    bool inet = true;         ///< programs may use AF_INET and AF_INET6
};

/// Our seccomp profile as the engine takes it in a create call: JSON without white space, about 2 KB (brief)
/// or 12 KB. Built from the table in system_call_table.hpp at the first use, which takes 0.3 ms. Thread-safe.
const std::string& seccomp_profile(profile_use use);

} // namespace docker_run::docker
