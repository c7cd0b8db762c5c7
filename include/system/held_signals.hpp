#pragma once

namespace docker_run {

/// Keeps SIGTERM, SIGINT and SIGHUP waiting for the calling thread, and for those that it starts from then
/// on. They would end the process at once while nobody listens to them: in front of that, and behind it, when
/// the last lines of the log are still to be written.
void hold_signals() noexcept;

/// Lets the calling thread, and those that it starts from then on, have them.
void release_signals() noexcept;

} // namespace docker_run
