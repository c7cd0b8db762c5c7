#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace docker_run {

/// Variables by name.
using environment = std::map<std::string, std::string, std::less<>>;

/// The variables of this process. Call before threads are started.
environment process_environment();

/// A fault in a file of variables.
struct env_file_fault {
    std::size_t line; ///< from 1; 0: the file itself
    std::string reason;
};

/// Reads the text of a file of variables: lines of NAME=VALUE, empty lines, and comments. A comment is a line
/// whose first character other than white space is '#'. There is no quoting and no continuation, because the
/// readers of such files disagree about both (systemd strips quotes, `docker --env-file` keeps them). Text
/// that they would read differently is a fault here, and so is white space around a name or value. If several
/// lines have the same name, the last one counts. The result lists every fault, and no fault repeats a value.
std::variant<environment, std::vector<env_file_fault>> parse_env_file(std::string_view text);

/// Reads the file itself, at most 1 MiB of it.
std::variant<environment, std::vector<env_file_fault>> read_env_file(const std::string& path);

} // namespace docker_run
