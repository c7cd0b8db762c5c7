#pragma once

#include <cstddef>
#include <string>
#include <variant>

namespace docker_run {

/// Why a file is not read: a few words that repeat nothing of what it holds.
struct trusted_file_fault {
    std::string reason;
};

/// Reads a file on whose content security rests. A fault: no regular file, writable by others, larger than
/// `limit` bytes, not readable. Never waits for a writer.
std::variant<std::string, trusted_file_fault> read_trusted_file(const std::string& path, std::size_t limit);

} // namespace docker_run
