#pragma once

#include "frame_reader.hpp"
#include "input_feed.hpp"
#include "process.hpp"
#include "pseudo_terminal.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace code_runner {

/// What the caller of an interactive run sends while it runs: input for the program, signals, and the size of
/// its window. It arrives in the frames that follow the payload.
class caller_input {
  public:
    /// Takes over the stream and makes it non-blocking. `received` has already been read from it. With a
    /// window the program gets a terminal. Throws failure.
    caller_input(unique_fd stream, std::string received, std::optional<window_size> window);

    /// Puts the request's own text before the caller's. It must stay valid.
    void begin_with(std::string_view text);

    /// The input of the run's program. What comes during a build is kept for it.
    input_feed& input() { return input_; }

    /// The program's terminal; null if it has none.
    const pseudo_terminal* terminal() const { return terminal_ ? &*terminal_ : nullptr; }

    /// The stream; -1 if the caller sends nothing more, or while the program leaves 64 KiB unread. For
    /// poll(2).
    int descriptor() const { return input_.room() > 0 ? stream_.get() : -1; }

    /// Does what the complete frames say that have been read. `program` gets the signals. Returns whether
    /// there was input. Throws failure for a malformed frame.
    bool carry_out(const child_process& program);

    /// Reads once, and then does the same. The end of the stream is the end of the input.
    bool read_some(const child_process& program);

  private:
    bool carry_out(const received_frame& frame, const child_process& program);
    void type(std::string_view bytes);
    void end_input();

    unique_fd stream_;
    std::string received_;
    frame_reader frames_;
    std::optional<pseudo_terminal> terminal_;
    input_feed input_;
    char last_typed_ = '\n';
    bool has_ended_ = false; ///< the caller ended the input, and sent none since
};

} // namespace code_runner
