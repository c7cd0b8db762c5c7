#pragma once

#include "caller.hpp"
#include "http/exchange.hpp"

#include <memory>
#include <string>

namespace docker_run {

/// A request whose token was judged.
struct api_call {
    http::exchange& request;
    std::shared_ptr<const caller> who; ///< null where the route asks for no token
    std::string peer = request.peer().to_string();
};

} // namespace docker_run
