#pragma once

#include "docker/attachment.hpp"
#include "run/container_output.hpp"
#include "run/conversation_result.hpp"
#include "run/run_input.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <string_view>

namespace docker_run {

/// What a container gets on its stdin. Its parts must live until the conversation has ended.
struct container_input {
    std::string_view head; ///< in front of the payload
    std::string_view payload;
    run_input* more = nullptr; ///< what follows the payload; null: nothing
};

/// Writes `input`, closes stdin, and at the same time gives the container's output to `output`, until that is
/// settled, the stream ends or `deadline` passes. A settled output still gets what can be read at once, and
/// one with a late_time() what comes without a pause until then. Runs on the strand of `stream`. The
/// arguments must live until then. Throws system_error if it is cancelled, and what `output` and `input.more`
/// throw.
boost::asio::awaitable<conversation_result> converse(docker::attachment& stream, const container_input& input,
                                                     container_output& output,
                                                     std::chrono::steady_clock::time_point deadline);

} // namespace docker_run
