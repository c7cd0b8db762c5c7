#pragma once

#include "http/response.hpp"

#include <nlohmann/json.hpp>

namespace docker_run {

/// 200 or another status with a JSON body, indented for people and ended by a line feed.
http::response json_response(unsigned status, const nlohmann::ordered_json& body);

} // namespace docker_run
