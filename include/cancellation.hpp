#pragma once

#include <exception>

namespace docker_run {

/// Whether an exception ends a coroutine because it was cancelled. A loop that works in the background ends
/// by this one only.
bool is_cancellation(const std::exception& failure) noexcept;

} // namespace docker_run
