#pragma once

#include "frame_reader.hpp"
#include "run_options.hpp"

#include <chrono>
#include <string>

namespace code_runner {

struct request_document {
    std::string text;                              ///< one JSON object
    std::chrono::steady_clock::time_point started; ///< when the first byte had arrived
};

/// A request of the second protocol.
struct framed_request {
    request_document document;
    run_options options;
    std::string received; ///< what was read after the payload
};

/// Reads what the daemon sends, in either protocol. Each function throws failure if the data is something
/// else, if it is not complete when the stream or the time ends, or if the document is larger than 64 MiB.
class request_reader {
  public:
    /// `time_limit` counts from the first byte. There is no limit for the wait before it.
    request_reader(int descriptor, std::chrono::milliseconds time_limit);

    /// Waits for the first byte, which tells the protocols apart. True for the second one.
    bool expects_frames();

    /// Protocol 1: one JSON object. Does not wait for the end of the stream, and ignores all data after the
    /// object.
    request_document read_document();

    /// Protocol 2: the greeting and the frames up to the payload. Does not wait for what follows.
    framed_request read_frames();

  private:
    void read_more();
    int milliseconds_left() const;
    void skip_greeting();
    std::string read_frame(protocol::task_frame type);

    int descriptor_;
    std::chrono::milliseconds time_limit_;
    std::chrono::steady_clock::time_point started_;
    bool has_started_ = false;
    std::string data_; ///< what was read and not used yet
    frame_reader frames_;
};

} // namespace code_runner
