#pragma once

#include "unique_fd.hpp"

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace code_runner {

struct window_size {
    std::uint16_t rows = 0;
    std::uint16_t columns = 0;
};

/// A terminal for one program (pty(7)), and the runner's side of it.
class pseudo_terminal {
  public:
    /// Throws failure. The kernel counts terminals for the whole host, so another container may have taken
    /// all of them.
    explicit pseudo_terminal(window_size size);

    /// The path of the program's side.
    const std::string& path() const { return path_; }

    /// Another descriptor of the runner's side, non-blocking. What the program prints is read from it, and
    /// what is written to it is typed. The program's end makes a read fail with EIO.
    unique_fd side_of_runner() const;

    /// Tells the program, too (SIGWINCH).
    void resize(window_size size) const;

    /// The process group that a key such as ^C would reach; 0 if the terminal has no session.
    pid_t foreground_group() const;

    /// The character that ends the input, if it is the first one of a line; ^D unless the program changed it.
    char end_of_input() const;

  private:
    unique_fd runner_side_;
    std::string path_;
};

} // namespace code_runner
