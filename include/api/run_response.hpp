#pragma once

#include "http/response.hpp"
#include "run/run_error.hpp"

#include <chrono>
#include <optional>

namespace docker_run {

/// The response for a run that has no result. `retry_after`: for the header of this name; nullopt: none.
http::response failure_response(const run_failure& failure, std::optional<std::chrono::seconds> retry_after);

} // namespace docker_run
