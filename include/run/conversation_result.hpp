#pragma once

#include <string>

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
    bool payload_taken = false; ///< all of it was written, and stdin was closed unless more may follow
    std::string failure;        ///< why the stream is broken or has ended, or why the payload was not taken
};

} // namespace docker_run
