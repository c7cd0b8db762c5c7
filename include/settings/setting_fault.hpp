#pragma once

#include <string>

namespace docker_run {

/// A fault of one variable.
struct setting_fault {
    std::string variable;
    std::string rule;  ///< the allowed values
    std::string found; ///< the value that was found, quoted and bounded; never a token
};

/// "VARIABLE must be RULE, found FOUND".
std::string to_string(const setting_fault& fault);

} // namespace docker_run
