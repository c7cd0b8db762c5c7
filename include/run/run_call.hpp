#pragma once

#include "admission/caller.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace docker_run {

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
};

} // namespace docker_run
