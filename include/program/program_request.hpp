#pragma once

#include <string>
#include <vector>

namespace docker_run {

struct program_file {
    std::string name;    ///< below the work directory
    std::string content; ///< UTF-8
};

/// A request to code_runner, the program inside the containers. Commands are for sh.
struct program_request {
    /// The language of an image with a recipe, which then decides what to run. Empty: the commands decide.
    std::string language;
    std::vector<std::string> build_commands; ///< not with a language
    std::string run_command;                 ///< with a language: in place of the recipe's
    std::vector<program_file> files;
    std::string standard_input;
};

/// The payload of a run, a JSON document. Throws nlohmann::json::exception if a text is not UTF-8.
std::string payload_of(const program_request& request);

} // namespace docker_run
