#pragma once

#include <string>

namespace docker_run {

/// The shortest decimal text that reads back as the number, without an exponent.
std::string show_number(double value);

} // namespace docker_run
