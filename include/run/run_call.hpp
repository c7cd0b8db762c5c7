#pragma once

#include "admission/caller.hpp"
#include "run/input_frames.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace docker_run {

class run_events;
class run_input;

/// The origin of a run, as logs, metrics and labels name it.
struct run_caller {
    std::shared_ptr<const caller> who; ///< never null
    std::string request;               ///< the id of the request
    std::string peer;                  ///< the address of the client; empty: none
    std::string traceparent;           ///< W3C Trace Context; empty: none
};

/// What makes a run interactive.
struct interactive_part {
    run_input* input = nullptr;        ///< must live until the run has ended
    std::optional<window_size> window; ///< of the program's terminal; nullopt: it has pipes
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
    /// Its program gets input while it runs. Needs `events`. An image that cannot do that is refused.
    std::optional<interactive_part> interactive = std::nullopt;
};

} // namespace docker_run
