#include "container/instance.hpp"

#include "system/random_id.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace docker_run {

namespace {

constexpr std::size_t id_bytes = 6;
constexpr int max_instances = 256; ///< most daemons with one state directory

[[noreturn]] void throw_errno(const std::string& failure) {
    throw std::system_error(errno, std::generic_category(), failure);
}

bool is_id(std::string_view text) {
    const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return text.size() == 2 * id_bytes && std::ranges::all_of(text, is_digit);
}

} // namespace

instance::instance(const std::string& state_directory) : id_(random_id(id_bytes)) {
    if (state_directory.empty())
        return;
    for (int number = 1; number <= max_instances; ++number)
        if (take(state_directory + "/instance-" + std::to_string(number)))
            return;
    throw std::system_error(EUSERS, std::generic_category(),
                            "no instance file is free in " + state_directory);
}

bool instance::take(const std::string& path) {
    unique_fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file)
        throw_errno("cannot open " + path);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            throw_errno("cannot lock " + path);
        return false;
    }
    lock_ = std::move(file);
    std::array<char, 2 * id_bytes> written{};
    const auto size = ::pread(lock_.get(), written.data(), written.size(), 0);
    const std::string_view text(written.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (is_id(text)) {
        id_ = text;
        return true;
    }
    if (::ftruncate(lock_.get(), 0) != 0 ||
        ::pwrite(lock_.get(), id_.data(), id_.size(), 0) != static_cast<ssize_t>(id_.size()) ||
        ::fsync(lock_.get()) != 0)
        throw_errno("cannot write " + path);
    return true;
}

} // namespace docker_run
