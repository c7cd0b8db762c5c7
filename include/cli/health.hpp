#pragma once

#include "http/server_settings.hpp"

#include <iosfwd>

namespace docker_run {

/// Asks the daemon that listens by these settings for /readyz, for health checks in places without a shell or
/// curl. It has three seconds; a host name is looked up before, in the time that the resolver of the system
/// takes. 0 where it says 200, else 1; in words what it said to `out`, or to `errors` why it could not be
/// asked.
int report_health(const http::server_settings& settings, std::ostream& out, std::ostream& errors);

} // namespace docker_run
