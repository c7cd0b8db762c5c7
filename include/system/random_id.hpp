#pragma once

#include <cstddef>
#include <string>

namespace docker_run {

/// `bytes` from the kernel's random source as lower-case hexadecimal digits. Throws std::system_error.
std::string random_id(std::size_t bytes = 16);

} // namespace docker_run
