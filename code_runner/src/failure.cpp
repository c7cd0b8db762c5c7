#include "failure.hpp"

#include <cstring>

namespace code_runner {

failure system_failure(const std::string& doing, int error_number) {
    return failure{doing + ": " + std::strerror(error_number)};
}

} // namespace code_runner
