#pragma once

#include "../protocol.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace code_runner {

/// A frame from the daemon.
struct received_frame {
    protocol::task_frame type{};
    std::string content;
};

/// Puts the frames of the second protocol together from bytes that arrive piece by piece.
class frame_reader {
  public:
    /// Takes bytes from the front of `bytes`, up to the end of one frame. Returns that frame when it is
    /// complete; otherwise it has taken all bytes. Throws failure for a type that does not exist and for a
    /// frame that is longer than its type may be.
    std::optional<received_frame> next(std::string_view& bytes);

  private:
    std::string head_;
    std::string content_;
};

} // namespace code_runner
