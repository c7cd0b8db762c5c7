#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <vector>

namespace code_runner {

/// The system call filter for programs below the runner with this process id. Pure.
std::vector<sock_filter> make_system_call_filter(pid_t runner);

/// Applies the filter permanently to this process and to all processes that it starts later. They also gain
/// no privileges from setuid files any more. Throws failure if the kernel does not filter.
void filter_system_calls();

} // namespace code_runner
