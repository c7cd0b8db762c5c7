#pragma once

#include <exception>

namespace docker_run {

/// Whether `error` says that its coroutine was cancelled. Whoever catches everything has to let it pass on:
/// the coroutine is to end.
bool is_cancellation(const std::exception& error) noexcept;

} // namespace docker_run
