#include "system/trusted_file.hpp"

#include "system/unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

namespace docker_run {

namespace {

// Without O_NONBLOCK, opening a FIFO would wait for a writer.
unique_fd open_file(const std::string& path) {
    return unique_fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

std::string last_error() {
    return std::generic_category().message(errno);
}

bool is_writable_by_group(const struct stat& status) {
    return (status.st_mode & S_IWGRP) != 0;
}

bool has_foreign_owner(const struct stat& status) {
    return status.st_uid != 0 && status.st_uid != ::geteuid();
}

std::string name_owner(const struct stat& status) {
    return "owned by user " + std::to_string(status.st_uid) + ", who is neither root nor the daemon's own";
}

std::optional<std::string> danger(const struct stat& status, trusted_content content) {
    if ((status.st_mode & S_IWOTH) != 0)
        return "writable by others";
    if (content != trusted_content::secret)
        return std::nullopt;
    if (is_writable_by_group(status))
        return "writable by its group";
    if (has_foreign_owner(status))
        return name_owner(status);
    return std::nullopt;
}

std::optional<std::string> unsafe(int descriptor, trusted_content content) {
    struct stat status{};
    if (::fstat(descriptor, &status) != 0)
        return last_error();
    if (!S_ISREG(status.st_mode))
        return "not a regular file";
    return danger(status, content);
}

// Empty if reading failed. Reads until the limit is exceeded: more is not needed to see that the file is too
// large.
std::optional<std::string> read_bounded(int descriptor, std::size_t limit) {
    std::string content;
    std::array<char, 4'096> buffer{};
    while (content.size() <= limit) {
        const auto count = ::read(descriptor, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return std::nullopt;
        if (count == 0)
            break;
        content.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return content;
}

} // namespace

std::variant<std::string, trusted_file_fault> read_trusted_file(const std::string& path, std::size_t limit,
                                                                trusted_content kind) {
    const auto file = open_file(path);
    if (!file)
        return trusted_file_fault{last_error()};
    if (auto reason = unsafe(file.get(), kind))
        return trusted_file_fault{std::move(*reason)};
    auto content = read_bounded(file.get(), limit);
    if (!content)
        return trusted_file_fault{last_error()};
    if (content->size() > limit)
        return trusted_file_fault{"larger than " + std::to_string(limit) + " bytes"};
    return std::move(*content);
}

std::string danger_of_file(const std::string& path, trusted_content content) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
        return {};
    return danger(status, content).value_or("");
}

std::vector<std::string> concerns_about_file(const std::string& path, trusted_content content) {
    struct stat status{};
    std::vector<std::string> concerns;
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
        return concerns;
    if (content == trusted_content::secret) {
        if ((status.st_mode & S_IROTH) != 0)
            concerns.emplace_back("readable by everybody on this host");
        return concerns;
    }
    if (is_writable_by_group(status))
        concerns.emplace_back("writable by its group");
    if (has_foreign_owner(status))
        concerns.push_back(name_owner(status));
    return concerns;
}

} // namespace docker_run
