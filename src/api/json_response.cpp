#include "api/json_response.hpp"

namespace docker_run {

http::response json_response(unsigned status, const nlohmann::ordered_json& body) {
    http::response response;
    response.status = status;
    response.body = body.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    return response;
}

} // namespace docker_run
