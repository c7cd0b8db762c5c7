#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace code_runner {

/// The name is plain (file_name.hpp) in what parse_request makes.
struct source_file {
    std::string name;
    std::string content;
};

/// What a caller asks for, in either of the two shapes.
///  V1 {language, files, stdin?, command?}: the image's recipe says what to run, `command` replaces it.
///  V2 {runInstructions: {buildCommands, runCommand}, files, stdin?}: the commands are in the request.
struct request {
    struct instructions {
        std::vector<std::string> build_commands;
        std::string run_command;
    };

    std::optional<std::string> language;  ///< V1; absent in V2
    std::optional<instructions> commands; ///< V2, or V1 with a command; absent: the recipe decides
    std::vector<source_file> files; ///< names and contents not empty, without NUL in names, no name twice
    std::string input;              ///< the program's stdin
};

/// Reads one document. A V1 request of a language that the image does not have, without a command, is read as
/// V2 where that fits too. `image_language` is empty in an image without a recipe. A file that is named
/// several times keeps its first place, so that it may be the main file, and has its last content: as if all
/// were written in order. Throws failure when the document is no request.
request parse_request(std::string_view document, std::string_view image_language);

} // namespace code_runner
