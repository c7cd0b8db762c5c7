#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace code_runner {

/// Splits the file name of a request into its folders and its file, below the work directory. Parts without a
/// meaning (empty or ".") are left out. The result is not empty. Throws failure for a name that is absolute,
/// contains ".." or names a folder.
std::vector<std::string> components_of(std::string_view name);

/// The canonical spelling of a file name: "./a//b" becomes "a/b". Throws failure as components_of does.
std::string plain_name(std::string_view name);

} // namespace code_runner
