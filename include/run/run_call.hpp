#pragma once

#include "admission/caller.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace docker_run {

/// Who asks for a run, as logs, metrics and labels name him.
struct run_caller {
    std::shared_ptr<const caller> who; ///< never null
    std::string request;               ///< the id of the request
    std::string peer;                  ///< the address that it came from; empty: none
    std::string traceparent;           ///< W3C Trace Context; empty: none
};

/// What is asked for.
struct run_call {
    run_caller from;
    std::string image;        ///< as the caller wrote it
    std::string_view payload; ///< for the program's stdin, byte for byte; must live until the run has ended
};

} // namespace docker_run
