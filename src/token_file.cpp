#include "token_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

namespace docker_run {

namespace {

class open_file {
  public:
    // Without O_NONBLOCK the open of a FIFO would wait for somebody who writes it.
    explicit open_file(const std::string& path)
        : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;
    ~open_file() {
        if (descriptor_ >= 0)
            ::close(descriptor_);
    }
    [[nodiscard]] int descriptor() const { return descriptor_; }

  private:
    int descriptor_;
};

std::string last_error() {
    return std::generic_category().message(errno);
}

std::optional<std::string> unsafe(int descriptor) {
    struct stat status{};
    if (::fstat(descriptor, &status) != 0)
        return last_error();
    if (!S_ISREG(status.st_mode))
        return "not a regular file";
    if ((status.st_mode & S_IWOTH) != 0)
        return "writable by others";
    return std::nullopt;
}

// Empty where reading failed; one byte more than the limit is enough to see that it was passed.
std::optional<std::string> read_bounded(int descriptor) {
    std::string content;
    std::array<char, 4'096> buffer{};
    while (content.size() <= max_token_file_size) {
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

std::variant<std::vector<std::string>, token_file_fault> split_tokens(std::string_view content) {
    std::vector<std::string> tokens;
    for (std::size_t line = 1; !content.empty(); ++line) {
        const auto end = std::min(content.find('\n'), content.size());
        const auto token = content.substr(0, end);
        content.remove_prefix(std::min(end + 1, content.size()));
        if (token.empty())
            continue;
        if (!is_access_token(token))
            return token_file_fault{"line " + std::to_string(line) + " is not a token"};
        tokens.emplace_back(token);
    }
    if (tokens.empty())
        return token_file_fault{"no token in it"};
    return tokens;
}

} // namespace

bool is_access_token(std::string_view text) {
    return !text.empty() && text.size() <= max_access_token_size &&
           std::all_of(text.begin(), text.end(),
                       [](char character) { return character > ' ' && character <= '~'; });
}

std::variant<std::vector<std::string>, token_file_fault> read_token_file(const std::string& path) {
    const open_file file(path);
    if (file.descriptor() < 0)
        return token_file_fault{last_error()};
    if (auto reason = unsafe(file.descriptor()))
        return token_file_fault{std::move(*reason)};
    const auto content = read_bounded(file.descriptor());
    if (!content)
        return token_file_fault{last_error()};
    if (content->size() > max_token_file_size)
        return token_file_fault{"larger than " + std::to_string(max_token_file_size) + " bytes"};
    return split_tokens(*content);
}

} // namespace docker_run
