#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace code_runner {

/// The folders and the file that a request's file name speaks of, below the work directory; without the parts
/// that mean nothing (an empty one, "."). Not empty. Throws failure for a name that is absolute, has "..", or
/// is a folder's.
std::vector<std::string> components_of(std::string_view name);

/// The one spelling of a file's name: "./a//b" is "a/b". Throws failure as components_of does.
std::string plain_name(std::string_view name);

} // namespace code_runner
