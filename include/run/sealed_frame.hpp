#pragma once

#include "code_runner/protocol.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace docker_run {

/// The one frame that the runner prints on stdout when nothing of the program lives any more (protocol 2),
/// collected from pieces of any size. Holds at most the limit. Pure; not thread-safe.
class sealed_frame {
  public:
    using type = code_runner::protocol::sealed_frame;
    enum class fault : std::uint8_t {
        none,
        too_large,    ///< more than the limit
        not_sealed,   ///< not the frame of a runner
        trailing_data ///< something follows the frame
    };

    /// `limit`: bytes of the object, or of the sentence.
    explicit sealed_frame(std::size_t limit) : limit_(limit) {}

    void feed(std::string_view bytes);

    fault what() const noexcept { return fault_; }
    bool is_empty() const noexcept { return text_.empty(); }

    /// Whether all of an answer has come, or all of a failure.
    bool is_answer() const noexcept { return is_complete() && text_[0] == static_cast<char>(type::answer); }
    bool is_failure() const noexcept { return is_complete() && text_[0] == static_cast<char>(type::failure); }

    // Of a complete answer: how many bytes the runner has sent in live frames, and its object.
    std::uint64_t output_bytes() const;
    std::uint64_t error_bytes() const;
    std::string_view object() const;

    /// The sentence of a complete failure.
    std::string_view sentence() const;

  private:
    bool is_complete() const noexcept;
    void judge_head();

    std::size_t limit_;
    std::string text_; ///< the frame, with its head
    std::size_t size_ =
        code_runner::protocol::frame_head_size; ///< of the whole frame, once its head is there
    fault fault_ = fault::none;
};

} // namespace docker_run
