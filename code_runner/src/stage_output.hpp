#pragma once

#include "../output_text.hpp"
#include "answer.hpp"
#include "live_channel.hpp"
#include "output_mode.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace code_runner {

/// What a stage's program prints. It is kept for the answer or, with a channel, sent while the program runs.
/// The limit counts encoded text in both cases.
class stage_output {
  public:
    enum class stream : std::uint8_t { out, errors };

    /// `limit` is in encoded bytes, for both streams together. The channel must outlive the output.
    explicit stage_output(std::size_t limit, live_channel* channel = nullptr);

    /// Tells the daemon that the request is accepted. Waits until this is written. Throws failure.
    void acknowledge();

    /// Call it before each command of the plan. Forgets what the command before has printed; with a channel
    /// it waits until most of that is written, at most until the deadline. Throws failure if nobody reads any
    /// more.
    void begin(program_stage stage, std::chrono::steady_clock::time_point deadline);

    /// How many bytes may be read from the program now. 0 if the daemon has to read first.
    std::size_t room() const;

    /// Drops what is beyond the limit.
    void take(stream from, std::string_view bytes);

    /// Call it when the stage's program has ended.
    void finish();

    /// Whether the program has printed more than the limit.
    bool is_full() const;

    output_mode mode() const { return channel_ == nullptr ? output_mode::plain : output_mode::live; }

    const output_text& out() const { return out_; }
    const output_text& errors() const { return errors_; }

    /// The channel's descriptor, if it has to be written to; otherwise -1. For poll(2).
    int descriptor() const { return channel_ == nullptr ? -1 : channel_->descriptor(); }

    /// Writes to the channel once, without blocking. Throws failure if nobody reads any more.
    void write_some();

  private:
    std::size_t limit_;
    live_channel* channel_;
    output_text out_;
    output_text errors_;
};

} // namespace code_runner
