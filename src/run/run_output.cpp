#include "run/run_output.hpp"

namespace docker_run {

void run_output::feed(std::string_view bytes) {
    const bool well_formed = frames_.feed(
        bytes, [this](docker::frame_type type, std::string_view piece) { take_frame(type, piece); });
    if (!well_formed && fault_ == fault::none)
        fault_ = fault::not_frames;
}

bool run_output::not_an_object() const noexcept {
    const auto state = scanner_.current_state();
    return state == object_scanner::state::not_an_object || state == object_scanner::state::too_deep;
}

void run_output::take_frame(docker::frame_type type, std::string_view piece) {
    if (fault_ != fault::none)
        return;
    anything_ = true;
    switch (type) {
    case docker::frame_type::standard_output:
        return take_stdout(piece);
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

void run_output::take_stdout(std::string_view piece) {
    if (!object_complete() && !not_an_object()) {
        const auto size_before = scanner_.size();
        const auto taken = scanner_.feed(piece);
        const auto added = scanner_.size() - size_before; // white space in front of the object is not
        count(added);
        if (fault_ != fault::none)
            return;
        object_.append(piece.substr(taken - added, added));
        piece.remove_prefix(taken);
    }
    if (object_complete() && piece.find_first_not_of(json_white_space) != std::string_view::npos)
        fault_ = fault::trailing_text;
    if (not_an_object())
        count(piece.size());
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
