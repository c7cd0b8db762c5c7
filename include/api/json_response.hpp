#pragma once

#include "http/response.hpp"

#include <nlohmann/json.hpp>

namespace docker_run {

/// A response with a JSON body, which is indented for people and ends with a line feed.
http::response json_response(unsigned status, const nlohmann::ordered_json& body);

} // namespace docker_run
