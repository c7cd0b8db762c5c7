#include "run/sealed_frame.hpp"

#include "run/runner_frame.hpp"

namespace docker_run {

namespace protocol = code_runner::protocol;

namespace {

constexpr std::size_t sum_size = sizeof(std::uint64_t);
constexpr std::size_t sums_begin = protocol::frame_head_size;
constexpr std::size_t object_begin = sums_begin + 2 * sum_size;

} // namespace

void sealed_frame::feed(std::string_view bytes) {
    while (!bytes.empty() && fault_ == fault::none) {
        if (is_complete()) {
            fault_ = fault::trailing_data;
            return;
        }
        const auto piece = bytes.substr(0, size_ - text_.size());
        text_.append(piece);
        bytes.remove_prefix(piece.size());
        if (text_.size() == protocol::frame_head_size)
            judge_head();
    }
}

/// The first byte is judged with the rest of the head: a container that prints less has ended.
void sealed_frame::judge_head() {
    const bool is_answer = text_[0] == static_cast<char>(type::answer);
    const std::size_t length = frame_length(text_);
    if (!is_answer && text_[0] != static_cast<char>(type::failure)) {
        fault_ = fault::not_sealed;
        return;
    }
    const std::size_t sums = is_answer ? 2 * sum_size : 0;
    if (length <= sums)
        fault_ = fault::not_sealed;
    else if (length - sums > limit_)
        fault_ = fault::too_large;
    size_ += length;
}

bool sealed_frame::is_complete() const noexcept {
    return text_.size() >= protocol::frame_head_size && text_.size() == size_ && fault_ != fault::not_sealed;
}

std::uint64_t sealed_frame::output_bytes() const {
    return frame_number(std::string_view(text_).substr(sums_begin));
}

std::uint64_t sealed_frame::error_bytes() const {
    return frame_number(std::string_view(text_).substr(sums_begin + sum_size));
}

std::string_view sealed_frame::object() const {
    return std::string_view(text_).substr(object_begin);
}

std::string_view sealed_frame::sentence() const {
    return std::string_view(text_).substr(protocol::frame_head_size);
}

} // namespace docker_run
