#pragma once

#include <cstddef>
#include <string>

namespace docker_run {

/// Random bytes from the kernel as lower-case hexadecimal digits. `bytes`: how many, at most 64. Throws
/// std::system_error.
std::string random_id(std::size_t bytes = 16);

} // namespace docker_run
