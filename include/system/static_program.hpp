#pragma once

#include <string>

namespace docker_run {

/// Says in a few words why a file cannot run in every image. Empty if it can: it is a regular file that
/// everybody may execute, and an ELF program for this processor that needs no interpreter (ld.so) from the
/// image.
std::string static_program_fault(const std::string& path);

} // namespace docker_run
