#pragma once

#include "unique_fd.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace code_runner {

/// Bytes on their way to a program. It writes without blocking, and drops what the program does not read any
/// more.
class input_feed {
  public:
    /// Nothing for nobody.
    input_feed() = default;

    /// `text` and then the end. The text must stay valid.
    input_feed(unique_fd target, std::string_view text);

    /// Puts this text before all that is appended. It must stay valid.
    void begin_with(std::string_view text) { text_ = text; }

    /// Until then everything is kept.
    void connect(unique_fd target) { target_ = std::move(target); }

    /// Does nothing after the end.
    void append(std::string_view bytes);

    /// Closes the target when everything is written.
    void end() { has_ended_ = true; }

    /// How many bytes may be appended now, so that at most 64 KiB wait.
    std::size_t room() const;

    /// The target, if it has to be written to or closed; otherwise -1. For poll(2).
    int descriptor() const;

    /// Writes once.
    void write_some();

  private:
    bool is_empty() const { return text_.empty() && appended_.empty(); }
    void drop(std::size_t count);

    unique_fd target_;
    std::string_view text_;
    std::string appended_;
    bool has_ended_ = false;
};

} // namespace code_runner
