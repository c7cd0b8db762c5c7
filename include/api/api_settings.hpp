#pragma once

#include "admission/caller.hpp"

#include <string>
#include <vector>

namespace docker_run {

/// Who may call.
struct api_settings {
    std::vector<access_token> access_tokens; ///< at least one, none empty
    std::string access_token_file; ///< where they come from, to be read again; empty: the environment
};

} // namespace docker_run
