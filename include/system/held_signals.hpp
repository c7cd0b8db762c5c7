#pragma once

namespace docker_run {

/// Blocks SIGTERM, SIGINT and SIGHUP for the calling thread and for the threads that it starts later. Without
/// this they would end the process at once while the daemon does not listen for them: before it begins to,
/// and after it has stopped, while the last log lines are still to be written.
void hold_signals() noexcept;

/// Unblocks these signals for the calling thread and for the threads that it starts later.
void release_signals() noexcept;

} // namespace docker_run
