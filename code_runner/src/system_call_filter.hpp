#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <vector>

namespace code_runner {

/// The filter of system calls for programs below the runner with this process id. Pure.
std::vector<sock_filter> make_system_call_filter(pid_t runner);

/// Puts this process and all that it starts from now on under the filter, for ever, and takes from them what
/// setuid files would give. Throws failure where the kernel does not filter.
void filter_system_calls();

} // namespace code_runner
