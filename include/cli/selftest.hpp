#pragma once

#include "settings/config.hpp"

#include <iosfwd>
#include <string>

namespace docker_run {

/// Runs hostile programs in containers of `image`, with the settings and the engine that the daemon would
/// use, and prints the results to `out`. Returns the exit status (exit_codes.hpp): something_failed if a
/// protection did not hold; engine_unavailable, with the reason in `errors`, if no run was possible. SIGINT
/// and SIGTERM end it early. Its containers are removed in either case.
int self_test(config settings, const std::string& image, std::ostream& out, std::ostream& errors);

} // namespace docker_run
