#include "api/api_call.hpp"

#include "http/trace_context.hpp"

namespace docker_run {

run_caller api_call::caller_of_run() const {
    return {.who = who,
            .request = request.request_id(),
            .peer = request.peer().to_string(),
            .traceparent = std::string(http::traceparent_of(request.head().fields))};
}

} // namespace docker_run
