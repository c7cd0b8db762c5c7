#pragma once

#include <string>

namespace docker_run {

/// Says why a file cannot run in any image, in a few words; empty if it can: a regular file that everybody
/// may execute, an ELF program of this processor, without an interpreter (ld.so) that the image would have to
/// have.
std::string static_program_fault(const std::string& path);

} // namespace docker_run
