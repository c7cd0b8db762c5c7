#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace docker_run {

/// Why a file was not read, in a few words that repeat nothing of its content.
struct trusted_file_fault {
    std::string reason;
};

/// The kind of content of a file on which security depends.
enum class trusted_content {
    rules, ///< a policy: anyone who can write it can change the rules
    secret ///< tokens: anyone who can read or write it gains access
};

/// Reads such a file. Returns a fault if it is not a regular file, is writable by others, is larger than
/// `limit` bytes or cannot be read. For a secret it is also a fault if its group may write it, or if neither
/// root nor the user of this process owns it. Never waits for a writer.
std::variant<std::string, trusted_file_fault> read_trusted_file(const std::string& path, std::size_t limit,
                                                                trusted_content content);

/// Why such a file must not be trusted. For a file that is read by other means. Empty if nothing is wrong
/// with it or it is not a regular file.
std::string danger_of_file(const std::string& path, trusted_content content);

/// Warnings about such a file, a few words each: risky but no fault. Everybody may read a secret, or users
/// other than root and the user of this process may write rules. Empty if there is no such file.
std::vector<std::string> concerns_about_file(const std::string& path, trusted_content content);

} // namespace docker_run
