#pragma once

#include <stdexcept>
#include <string>

namespace code_runner {

/// The request cannot be run at all. what() is the sentence for stderr; nothing goes to stdout and the exit
/// status is 1. In the second protocol the sentence is a frame on stdout instead.
class failure : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// "DOING: the text of errno".
failure system_failure(const std::string& doing, int error_number);

} // namespace code_runner
