#include "pseudo_terminal.hpp"

#include "failure.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <cerrno>

namespace code_runner {
namespace {

/// Erasing a character then erases all of its bytes.
void expect_utf8(int terminal) {
    termios settings{};
    if (::tcgetattr(terminal, &settings) != 0)
        return;
    settings.c_iflag |= IUTF8;
    ::tcsetattr(terminal, TCSANOW, &settings);
}

} // namespace

pseudo_terminal::pseudo_terminal(window_size size)
    : runner_side_{::open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)} {
    if (!runner_side_ && errno == ENOSPC)
        throw failure{"Failed to open a terminal, all terminals of the host are in use"};
    int number = 0;
    const int locked = 0;
    if (!runner_side_ || ::ioctl(runner_side_.get(), TIOCGPTN, &number) != 0 ||
        ::ioctl(runner_side_.get(), TIOCSPTLCK, &locked) != 0)
        throw system_failure("Failed to open a terminal", errno);
    path_ = "/dev/pts/" + std::to_string(number);
    expect_utf8(runner_side_.get());
    resize(size);
}

unique_fd pseudo_terminal::side_of_runner() const {
    return unique_fd{::fcntl(runner_side_.get(), F_DUPFD_CLOEXEC, 0)};
}

void pseudo_terminal::resize(window_size size) const {
    const winsize window{.ws_row = size.rows, .ws_col = size.columns, .ws_xpixel = 0, .ws_ypixel = 0};
    ::ioctl(runner_side_.get(), TIOCSWINSZ, &window);
}

pid_t pseudo_terminal::foreground_group() const {
    pid_t group = 0;
    return ::ioctl(runner_side_.get(), TIOCGPGRP, &group) == 0 ? group : 0;
}

char pseudo_terminal::end_of_input() const {
    termios settings{};
    constexpr char usual = 4;
    return ::tcgetattr(runner_side_.get(), &settings) == 0 ? static_cast<char>(settings.c_cc[VEOF]) : usual;
}

} // namespace code_runner
