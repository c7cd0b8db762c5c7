#pragma once

#include "docker/attachment.hpp"
#include "run/run_output.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace docker_run {

/// How a conversation with a container ended.
enum class conversation_end {
    settled,       ///< the output was complete, or had a fault
    end_of_stream, ///< the container ended, or the engine did
    deadline,
    broken ///< the connection to the engine failed
};

struct conversation_result {
    conversation_end end = conversation_end::broken;
    bool payload_taken = false; ///< all of it was written and stdin was closed
    std::string failure;        ///< why the stream is broken or has ended, or why the payload was not taken
};

/// Writes `payload`, closes stdin, and at the same time gives the container's output to `output`, until that
/// is settled, the stream ends or `deadline` passes. A settled output still gets what can be read at once.
/// Runs on the strand of `stream`. The arguments must live until then. Throws system_error if it is
/// cancelled.
boost::asio::awaitable<conversation_result> converse(docker::attachment& stream, std::string_view payload,
                                                     run_output& output,
                                                     std::chrono::steady_clock::time_point deadline);

} // namespace docker_run
