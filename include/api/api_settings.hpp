#pragma once

#include "admission/caller.hpp"

#include <string>
#include <vector>

namespace docker_run {

/// Settings of the access control.
struct api_settings {
    std::vector<access_token> access_tokens; ///< at least one, none empty
    std::string access_token_file; ///< the file of the tokens, for reading it again; empty: they are from the
                                   ///< environment
    std::vector<std::string> allowed_origins; ///< of pages that may open a WebSocket, as browsers send them
};

} // namespace docker_run
