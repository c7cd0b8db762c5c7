#pragma once

#include <string>
#include <vector>

namespace docker_run {

/// One option of the command line, as manuals and completions need it.
struct option_text {
    std::string name;     ///< with its dashes
    std::string argument; ///< "FILE", or choices such as "bash|zsh|fish"; empty: it takes none
    std::string description;
};

using option_texts = std::vector<option_text>;

} // namespace docker_run
