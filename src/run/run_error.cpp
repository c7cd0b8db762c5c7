#include "run/run_error.hpp"

namespace docker_run {

run_error_info describe(run_error error) noexcept {
    switch (error) {
    case run_error::unix_socket:
        return {"docker.unixsocket", 500};
    case run_error::image_refused:
        return {"docker.container.create", 400};
    case run_error::unsupported:
        return {"request.unsupported", 400};
    case run_error::create_failed:
        return {"docker.container.create", 500};
    case run_error::start_failed:
        return {"docker.container.start", 500};
    case run_error::attach_failed:
        return {"docker.container.attach", 500};
    case run_error::payload_not_taken:
        return {"docker.container.stream.payload.serialize", 400};
    case run_error::time_limit:
        return {"limits.execution_time", 400};
    case run_error::output_limit:
        return {"limits.read.size", 400};
    case run_error::stream_read:
        return {"docker.container.stream.read", 500};
    case run_error::unexpected_stdin:
        return {"coderunner.stdin", 500};
    case run_error::runner_stderr:
        return {"coderunner.stderr", 500};
    case run_error::not_decodable:
        return {"coderunner.stdout.decode", 500};
    case run_error::share_used:
        return {"server.share", 429};
    case run_error::overloaded:
        return {"server.overloaded", 503};
    case run_error::draining:
        return {"server.draining", 503};
    case run_error::engine_away:
        return {"server.not_ready", 503};
    case run_error::bad_message:
        return {"request.message", 400};
    case run_error::stopped:
        return {"server.stopped", 500};
    case run_error::internal:
        break;
    }
    return {"internal", 500};
}

} // namespace docker_run
