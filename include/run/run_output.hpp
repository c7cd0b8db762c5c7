#pragma once

#include "docker/frame_parser.hpp"
#include "json/json_scanner.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace docker_run {

/// What a container has printed so far, taken apart: the result object on stdout, and whatever is on stderr.
/// Holds at most the limit. Pure; not thread-safe.
class run_output {
  public:
    enum class fault {
        none,
        too_large,      ///< more than the limit, stdout and stderr together
        standard_input, ///< the engine sent frames of stdin back
        engine_text,    ///< the engine reports an error of its own within the stream
        not_frames,     ///< the stream is not the engine's format
        trailing_text   ///< something other than white space behind the object
    };

    /// `limit`: bytes of stdout and stderr together; white space around the object is not counted.
    explicit run_output(std::size_t limit) : limit_(limit) {}

    /// Takes bytes of the engine's multiplexed stream.
    void feed(std::string_view bytes);

    /// The object is complete, or there is a fault: there is no reason to wait for more.
    bool settled() const noexcept { return object_complete() || fault_ != fault::none; }

    bool object_complete() const noexcept {
        return scanner_.current_state() == object_scanner::state::complete;
    }
    /// Something that can't begin or continue a result was printed: only its end is still of interest.
    bool not_an_object() const noexcept;
    /// Nothing at all came out of the container.
    bool empty() const noexcept { return !anything_; }

    fault what() const noexcept { return fault_; }
    const std::string& object() const noexcept { return object_; }
    std::string take_object() noexcept { return std::move(object_); }
    /// What was on stderr; with fault standard_input or engine_text that text instead.
    const std::string& error_text() const noexcept { return error_text_; }

  private:
    void take_frame(docker::frame_type type, std::string_view piece);
    void take_stdout(std::string_view piece);
    void take_text(std::string_view piece);
    void count(std::size_t bytes);

    std::size_t limit_;
    std::size_t counted_ = 0;
    bool anything_ = false;
    fault fault_ = fault::none;
    docker::frame_parser frames_;
    object_scanner scanner_;
    std::string object_;
    std::string error_text_;
};

} // namespace docker_run
