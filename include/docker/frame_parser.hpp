#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace docker_run::docker {

/// The first byte of a frame of the engine's multiplexed stream (Engine API, "Stream format" of attach).
enum class frame_type : std::uint8_t {
    standard_input = 0,
    standard_output = 1,
    standard_error = 2,
    system_error = 3 ///< the engine's own words (moby, stdcopy.Systemerr)
};

/// Splits the engine's multiplexed stream into pieces of frames. Holds at most one frame head: a frame's
/// length is never allocated, whatever it claims. Pure; not thread-safe.
///
/// A frame is `[type, 0, 0, 0, length as 32 bits big-endian]` and then `length` bytes. Docker sends at most
/// 32 KiB a frame and Podman 8 KiB, but any length is accepted.
class frame_parser {
  public:
    /// A part of a frame, not empty.
    struct piece {
        frame_type type;
        std::string_view bytes;
    };

    /// Takes the next piece of a frame from the front of `bytes`, in order; a frame that is cut by the end of
    /// `bytes` goes on in the next call. Empty frames are silent. nullopt: `bytes` is used up, or the stream
    /// is malformed.
    std::optional<piece> next(std::string_view& bytes) {
        while (!bytes.empty() && !malformed_) {
            if (body_left_ == 0) {
                bytes.remove_prefix(take_head(bytes));
                continue;
            }
            const auto part = bytes.substr(0, body_left_);
            body_left_ -= static_cast<std::uint32_t>(part.size());
            bytes.remove_prefix(part.size());
            return piece{type_, part};
        }
        return std::nullopt;
    }

    /// The stream is not the engine's format, for ever after.
    bool is_malformed() const noexcept { return malformed_; }

    /// Calls `sink(frame_type, std::string_view)` for each piece. Returns false if the stream is malformed.
    template <class Sink>
    bool feed(std::string_view bytes, Sink&& sink) {
        while (const auto part = next(bytes))
            sink(part->type, part->bytes);
        return !malformed_;
    }

  private:
    /// Takes what belongs to the head from the front of `bytes`; returns how many bytes that were.
    std::size_t take_head(std::string_view bytes);

    std::array<unsigned char, 8> head_{};
    std::size_t head_size_ = 0;
    frame_type type_ = frame_type::standard_output;
    std::uint32_t body_left_ = 0;
    bool malformed_ = false;
};

} // namespace docker_run::docker
