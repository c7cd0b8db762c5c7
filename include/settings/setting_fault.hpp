#pragma once

#include <string>

namespace docker_run {

/// What is wrong with one variable.
struct setting_fault {
    std::string variable;
    std::string rule;  ///< what it must be
    std::string found; ///< what it is, quoted and bounded; never a token
};

/// "VARIABLE must be RULE, found FOUND".
std::string to_string(const setting_fault& fault);

} // namespace docker_run
