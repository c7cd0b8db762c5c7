#pragma once

#include "../protocol.hpp"
#include "unique_fd.hpp"
#include "write_all.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace code_runner {

/// The frames that leave while programs run. They wait in a buffer of 64 KiB until the daemon reads them.
/// Programs may get hold of the descriptor in some sandboxes, so nothing that arrives depends on it.
class live_channel {
  public:
    /// Takes over the writing end of a pipe and makes it non-blocking.
    explicit live_channel(unique_fd target);

    /// How many bytes of output fit into one frame now. 0 if the daemon has to read first.
    std::size_t room() const;

    /// Puts a frame into the buffer, or several if the content is long. Does not check the room: what a
    /// program has left in its pipes is taken at once.
    void send(protocol::live_frame type, std::string_view content);

    /// The descriptor, if frames wait to be written; otherwise -1. For poll(2).
    int descriptor() const { return is_empty() ? -1 : target_.get(); }

    /// Writes once, without blocking. Throws failure if nobody reads any more.
    void write_some();

    /// Writes until there is room, at most until the deadline. Throws failure if nobody reads any more.
    void wait_for_room(std::chrono::steady_clock::time_point deadline);

    /// Writes everything, as write_all does. Throws failure if the daemon does not read.
    void flush(std::chrono::milliseconds patience = usual_patience);

    /// How many bytes of the programs' output were sent, in all `output` frames and in all `errors` frames.
    std::uint64_t output_bytes() const { return output_bytes_; }
    std::uint64_t error_bytes() const { return error_bytes_; }

  private:
    bool is_empty() const { return written_ == buffer_.size(); }

    unique_fd target_;
    std::string buffer_;
    std::size_t written_ = 0; ///< how much of the buffer's beginning has left
    std::uint64_t output_bytes_ = 0;
    std::uint64_t error_bytes_ = 0;
};

} // namespace code_runner
