#pragma once

#include <chrono>
#include <functional>

namespace docker_run {

/// Tells the time for decisions about ages. It is std::chrono::steady_clock::now, except in a unit test,
/// which sets the time itself. Timers and deadlines of waits always follow the real clock. Any thread may
/// call it.
using time_source = std::function<std::chrono::steady_clock::time_point()>;

} // namespace docker_run
