#pragma once

#include "http/server_settings.hpp"

#include <iosfwd>

namespace docker_run {

/// Requests /readyz from the daemon that listens by these settings. Made for health checks in places without
/// a shell or curl. The request has three seconds. A host name is looked up before that, in the time that the
/// system's resolver takes. Returns 0 if the response is 200, else 1. Writes the response in words to `out`,
/// or to `errors` why the daemon could not be asked.
int report_health(const http::server_settings& settings, std::ostream& out, std::ostream& errors);

} // namespace docker_run
