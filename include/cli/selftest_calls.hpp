#pragma once

#include <string>

namespace docker_run {

/// The compiled try_calls/try_calls.cpp as a text from which printf(1) makes the program again: `\177\105…`,
/// about 20 KB.
std::string try_calls_for_printf();

} // namespace docker_run
