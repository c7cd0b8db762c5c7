#include "api/json_response.hpp"

namespace docker_run {

http::response json_response(unsigned status, const nlohmann::ordered_json& body) {
    http::response answer;
    answer.status = status;
    answer.body = body.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    return answer;
}

} // namespace docker_run
