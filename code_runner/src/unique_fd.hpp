#pragma once

#include <unistd.h>

#include <utility>

namespace code_runner {

/// Owns one file descriptor and closes it. Movable, not copyable.
class unique_fd {
  public:
    unique_fd() = default;
    explicit unique_fd(int fd) : fd_{fd} {}
    ~unique_fd() { reset(); }

    unique_fd(unique_fd&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
    unique_fd& operator=(unique_fd&& other) noexcept {
        if (this != &other) {
            reset();
            fd_ = std::exchange(other.fd_, -1);
        }
        return *this;
    }
    unique_fd(const unique_fd&) = delete;
    unique_fd& operator=(const unique_fd&) = delete;

    /// The descriptor, or -1 (which poll(2) ignores).
    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }

    void reset() {
        if (fd_ >= 0)
            ::close(fd_);
        fd_ = -1;
    }

  private:
    int fd_ = -1;
};

} // namespace code_runner
