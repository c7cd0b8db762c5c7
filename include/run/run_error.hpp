#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace docker_run {

/// Every way in which a run can fail. Code and HTTP status of each are the public contract (api_docs/run.md).
enum class run_error {
    unix_socket,
    image_refused,
    unsupported,
    create_failed,
    start_failed,
    attach_failed,
    payload_not_taken,
    time_limit,
    output_limit,
    stream_read,
    unexpected_stdin,
    runner_stderr,
    not_decodable,
    share_used,
    overloaded,
    draining,
    engine_away,
    bad_message,
    stopped,
    internal
};

inline constexpr std::size_t run_error_count = static_cast<std::size_t>(run_error::internal) + 1;

struct run_error_info {
    std::string_view code;
    unsigned status;
};

run_error_info describe(run_error error) noexcept;

/// A run that did not end with the runner's object. The message is for the caller.
struct run_failure {
    run_error error;
    std::string message;
};

} // namespace docker_run
