#pragma once

#include <string>

namespace docker_run {

/// The shortest decimal text, without an exponent, that parses back to the same number.
std::string show_number(double value);

} // namespace docker_run
