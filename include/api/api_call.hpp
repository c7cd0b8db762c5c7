#pragma once

#include "admission/caller.hpp"
#include "http/exchange.hpp"
#include "run/run_call.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace docker_run {

/// The parts of a path that stand for `{name}` in the pattern of its route, in order.
using path_parameters = std::vector<std::pair<std::string_view, std::string>>;

/// A request whose route was found and whose token was checked.
struct api_call {
    http::exchange& request;
    path_parameters parameters;
    std::shared_ptr<const caller> who; ///< null if the route requires no token

    /// The origin of a run, as logs and metrics name it. Call only with a token: `who` must not be null.
    [[nodiscard]] run_caller caller_of_run() const;
};

} // namespace docker_run
