#pragma once

#include "code_runner/protocol.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace docker_run {

/// Splits what a container prints on stderr into the runner's live frames (protocol 2). Programs may get hold
/// of this pipe, so it takes anything: after the first bytes that are no frame it finds no more frames. Holds
/// one head of a frame and some foreign text. Pure; not thread-safe.
class live_frame_parser {
  public:
    /// A part of a frame. Only an empty frame has an empty one.
    struct piece {
        code_runner::protocol::live_frame type;
        std::string_view bytes;
        bool is_last; ///< the frame ends with it
    };

    /// Takes the next piece from the front of `bytes`, in order. nullopt: `bytes` is used up.
    std::optional<piece> next(std::string_view& bytes);

    /// Whether there were bytes that are no frame.
    bool is_lost() const noexcept { return is_lost_; }
    /// What came since then, up to some kilobytes.
    const std::string& foreign_text() const noexcept { return foreign_text_; }

  private:
    bool take_head(std::string_view& bytes);
    void take_foreign(std::string_view bytes);

    std::array<char, code_runner::protocol::frame_head_size> head_{};
    std::size_t head_size_ = 0; ///< complete: the body of the frame is under way
    std::uint32_t body_left_ = 0;
    bool is_lost_ = false;
    std::string foreign_text_;
};

} // namespace docker_run
