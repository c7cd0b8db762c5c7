#include "api/run_response.hpp"

#include <string>

namespace docker_run {

http::response failure_response(const run_failure& failure, std::optional<std::chrono::seconds> retry_after) {
    const auto [code, status] = describe(failure.error);
    auto response = http::error_response(status, code, failure.message);
    response.close = failure.error == run_error::draining;
    if (retry_after)
        response.fields.emplace_back("Retry-After", std::to_string(retry_after->count()));
    return response;
}

} // namespace docker_run
