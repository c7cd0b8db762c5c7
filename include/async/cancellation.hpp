#pragma once

#include <exception>

namespace docker_run {

/// Whether `error` says that its coroutine was cancelled. Code that catches every exception must rethrow this
/// one, so that the coroutine ends.
bool is_cancellation(const std::exception& error) noexcept;

} // namespace docker_run
