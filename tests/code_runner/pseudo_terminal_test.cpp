#include "pseudo_terminal.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <string>

namespace code_runner {
namespace {

class pseudo_terminal_test : public testing::Test {
  protected:
    winsize size_for_program() const {
        winsize size{};
        EXPECT_EQ(::ioctl(program_side_.get(), TIOCGWINSZ, &size), 0);
        return size;
    }

    pseudo_terminal terminal_{{.rows = 24, .columns = 80}};
    unique_fd program_side_{::open(terminal_.path().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC)};
};

TEST_F(pseudo_terminal_test, has_the_size_that_it_was_given) {
    EXPECT_EQ(size_for_program().ws_row, 24);
    EXPECT_EQ(size_for_program().ws_col, 80);
    terminal_.resize({.rows = 1, .columns = 65'535});
    EXPECT_EQ(size_for_program().ws_row, 1);
    EXPECT_EQ(size_for_program().ws_col, 65'535);
}

TEST_F(pseudo_terminal_test, passes_bytes_in_both_directions) {
    const unique_fd runner_side = terminal_.side_of_runner();
    ASSERT_EQ(::write(runner_side.get(), "typed\n", 6), 6);
    char buffer[64];
    EXPECT_EQ(::read(program_side_.get(), buffer, sizeof buffer), 6);
    EXPECT_EQ(::read(runner_side.get(), buffer, sizeof buffer), 7); // the echo: typed\r\n
    EXPECT_EQ(::read(runner_side.get(), buffer, sizeof buffer), -1);
    EXPECT_EQ(errno, EAGAIN);
    program_side_.reset();
    EXPECT_EQ(::read(runner_side.get(), buffer, sizeof buffer), -1);
    EXPECT_EQ(errno, EIO);
}

TEST_F(pseudo_terminal_test, knows_the_key_that_ends_the_input) {
    EXPECT_EQ(terminal_.end_of_input(), 4);
    termios settings{};
    ::tcgetattr(program_side_.get(), &settings);
    settings.c_cc[VEOF] = 26;
    ::tcsetattr(program_side_.get(), TCSANOW, &settings);
    EXPECT_EQ(terminal_.end_of_input(), 26);
}

TEST_F(pseudo_terminal_test, has_no_foreground_without_a_session) {
    EXPECT_LE(terminal_.foreground_group(), 0);
}

TEST_F(pseudo_terminal_test, is_not_inherited) {
    EXPECT_EQ(::fcntl(terminal_.side_of_runner().get(), F_GETFD), FD_CLOEXEC);
}

} // namespace
} // namespace code_runner
