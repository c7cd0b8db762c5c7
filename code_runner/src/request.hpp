#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace code_runner {

/// The longest document of a request.
inline constexpr std::size_t maximum_request_bytes = std::size_t{64} * 1024 * 1024;

/// In the result of parse_request the name is plain (file_name.hpp).
struct source_file {
    std::string name;
    std::string content;
};

/// The request of a caller, in one of two shapes.
///  V1 {language, files, stdin?, command?}: the image's recipe says what to run, `command` replaces it.
///  V2 {runInstructions: {buildCommands, runCommand}, files, stdin?}: the commands are in the request.
struct caller_request {
    struct instructions {
        std::vector<std::string> build_commands;
        std::string run_command;
    };

    std::optional<std::string> language;  ///< V1; absent in V2
    std::optional<instructions> commands; ///< V2, or V1 with a command; absent: the recipe decides
    std::vector<source_file> files; ///< names and contents are not empty, names are unique and have no NUL
    std::string input;              ///< the program's stdin
};

/// Parses one document. A V1 request without a command, for a language that the image does not have, is read
/// as V2 if it has that shape too. `image_language` is empty for an image without a recipe. A file that is
/// named several times keeps its first place, so that it may be the main file, and gets its last content, as
/// if all were written in order. Throws failure if the document is not a request.
caller_request parse_request(std::string_view document, std::string_view image_language);

} // namespace code_runner
