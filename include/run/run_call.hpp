#pragma once

#include "admission/caller.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace docker_run {

class run_events;

/// The origin of a run, as logs, metrics and labels name it.
struct run_caller {
    std::shared_ptr<const caller> who; ///< never null
    std::string request;               ///< the id of the request
    std::string peer;                  ///< the address of the client; empty: none
    std::string traceparent;           ///< W3C Trace Context; empty: none
};

/// A request for a run.
struct run_call {
    run_caller from;
    std::string image;        ///< as the caller wrote it
    std::string_view payload; ///< for the program's stdin, byte for byte; must live until the run has ended
    /// Receives the run while it happens; null: nobody does. Must live until the run has ended.
    run_events* events = nullptr;
    /// An image whose output cannot be passed on while its program runs is refused.
    bool needs_live_output = false;
};

} // namespace docker_run
