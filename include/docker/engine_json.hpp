#pragma once

#include "docker/engine_error.hpp"
#include "docker/engine_info.hpp"
#include "docker/engine_types.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace docker_run::docker {

// Parsers for the engine's JSON, which is not trusted: each function throws engine_error(broken) if a
// required member is missing or has another type. Null always counts as an absent member ("Warnings": null,
// "Volumes": null).

engine_version parse_version(std::string_view body);
engine_info parse_info(std::string_view body);
created_container parse_created(std::string_view body);
container_state parse_container_state(std::string_view body);
std::vector<container_summary> parse_container_list(std::string_view body);
image_details parse_image(std::string_view body);
image_event parse_event(std::string_view line);

/// Percent-encodes all but the unreserved characters (RFC 3986, 2.3) and '/', for a path or a query value.
std::string percent_encoded(std::string_view text);

} // namespace docker_run::docker
