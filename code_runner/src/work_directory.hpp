#pragma once

#include "request.hpp"

#include <string>

namespace code_runner {

/// Creates `path` and its parents if they are missing, enters it and sets PWD, as a shell that runs there
/// would. Throws failure.
void enter_work_directory(const std::string& path);

/// Writes a file below the current directory and makes its folders. No name leads out of it: "..", absolute
/// names and symbolic links anywhere in the path are refused. An existing regular file is replaced.
/// Throws failure.
void write_file(const source_file& file);

} // namespace code_runner
