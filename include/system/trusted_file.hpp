#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace docker_run {

/// Why a file is not read: a few words that repeat nothing of what it holds.
struct trusted_file_fault {
    std::string reason;
};

/// What a file holds on which security rests.
enum class trusted_content {
    rules, ///< a policy: who writes it decides
    secret ///< tokens: who writes it decides, and who reads it may call
};

/// Reads such a file. A fault: no regular file, writable by others, larger than `limit` bytes, not readable;
/// of a secret also: writable by its group, owned by neither root nor the user of this process. Never waits
/// for a writer.
std::variant<std::string, trusted_file_fault> read_trusted_file(const std::string& path, std::size_t limit,
                                                                trusted_content content);

/// Why the content of such a file, which is read by other means, is not to be trusted; empty: nothing is
/// wrong with it, or it is no regular file.
std::string danger_of_file(const std::string& path, trusted_content content);

/// What is unwise about such a file and no fault, a few words each: a secret that everybody reads, rules that
/// more than root and this process' user may write. Empty where there is no such file.
std::vector<std::string> concerns_about_file(const std::string& path, trusted_content content);

} // namespace docker_run
