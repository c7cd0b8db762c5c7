#include "run/run_output.hpp"

#include "run/podman_words.hpp"

namespace docker_run {

void run_output::feed(std::string_view bytes) {
    const bool well_formed = frames_.feed(
        bytes, [this](docker::frame_type type, std::string_view piece) { take_frame(type, piece); });
    if (!well_formed && fault_ == fault::none && !end_with_podmans_words(error_text_))
        fault_ = fault::not_frames;
}

void run_output::take_frame(docker::frame_type type, std::string_view piece) {
    if (fault_ != fault::none)
        return;
    anything_ = true;
    switch (type) {
    case docker::frame_type::standard_output:
        count(object_.feed(piece, limit_ - counted_));
        if (fault_ == fault::none && object_.has_trailing_text())
            fault_ = fault::trailing_text;
        return;
    case docker::frame_type::standard_error:
        return take_text(piece);
    case docker::frame_type::standard_input:
        fault_ = fault::standard_input;
        break;
    case docker::frame_type::system_error:
        fault_ = fault::engine_text;
        break;
    }
    error_text_.assign(piece.substr(0, limit_));
}

void run_output::take_text(std::string_view piece) {
    count(piece.size());
    if (fault_ == fault::none)
        error_text_.append(piece);
}

void run_output::count(std::size_t bytes) {
    counted_ += bytes;
    if (counted_ > limit_)
        fault_ = fault::too_large;
}

} // namespace docker_run
