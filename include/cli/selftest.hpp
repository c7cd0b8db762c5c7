#pragma once

#include "settings/config.hpp"

#include <iosfwd>
#include <string>

namespace docker_run {

/// Runs a battery of hostile programs in containers of `image`, with the settings and the engine that the
/// daemon would use, and prints what held to `out`. Returns the exit status (engine_check.hpp): something
/// failed where a wall did not hold, engine_unavailable where no run was possible, with the reason to
/// `errors`. SIGINT and SIGTERM end it early; its containers are removed in either case.
int self_test(config settings, const std::string& image, std::ostream& out, std::ostream& errors);

} // namespace docker_run
