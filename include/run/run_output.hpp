#pragma once

#include "docker/frame_parser.hpp"
#include "run/output_report.hpp"
#include "run/result_object.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace docker_run {

/// The output of a container so far: the frames of the engine's stream, counted against the limit. stdout
/// goes to the result object, stderr is kept as text. Holds at most the limit. Pure; not thread-safe.
class run_output {
  public:
    using fault = output_fault;

    /// `limit`: bytes of stdout and stderr together; white space around the object is not counted.
    explicit run_output(std::size_t limit) : limit_(limit) {}

    /// Takes bytes of the engine's multiplexed stream.
    void feed(std::string_view bytes);

    /// The object is complete, or there is a fault: there is no reason to wait for more.
    bool settled() const noexcept { return object_.is_complete() || fault_ != fault::none; }

    /// Whether nothing at all came out of the container.
    bool empty() const noexcept { return !anything_; }

    fault what() const noexcept { return fault_; }
    const result_object& object() const noexcept { return object_; }
    result_object& object() noexcept { return object_; }
    /// The text on stderr; with the fault standard_input or engine_text the text of that frame instead.
    const std::string& error_text() const noexcept { return error_text_; }

  private:
    void take_frame(docker::frame_type type, std::string_view piece);
    void take_text(std::string_view piece);
    void count(std::size_t bytes);

    std::size_t limit_;
    std::size_t counted_ = 0;
    bool anything_ = false;
    fault fault_ = fault::none;
    docker::frame_parser frames_;
    result_object object_;
    std::string error_text_;
};

} // namespace docker_run
