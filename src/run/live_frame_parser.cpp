#include "run/live_frame_parser.hpp"

#include "run/runner_frame.hpp"

#include <algorithm>
#include <utility>

namespace docker_run {

namespace protocol = code_runner::protocol;

namespace {

/// Enough for every sentence that somebody else writes there (podman_words.hpp).
constexpr std::size_t max_foreign_text = 4096;

bool is_live_frame(char type) {
    using enum protocol::live_frame;
    const auto kind = static_cast<protocol::live_frame>(type);
    return kind == accepted || kind == stage || kind == output || kind == errors;
}

} // namespace

std::optional<live_frame_parser::piece> live_frame_parser::next(std::string_view& bytes) {
    while (!bytes.empty() && !is_lost_) {
        if (head_size_ < head_.size() && !take_head(bytes))
            continue;
        const auto part = bytes.substr(0, body_left_);
        if (part.empty() && body_left_ > 0)
            return std::nullopt;
        bytes.remove_prefix(part.size());
        body_left_ -= static_cast<std::uint32_t>(part.size());
        if (body_left_ == 0)
            head_size_ = 0;
        return piece{static_cast<protocol::live_frame>(head_[0]), part, body_left_ == 0};
    }
    if (is_lost_)
        take_foreign(std::exchange(bytes, {}));
    return std::nullopt;
}

/// Returns true once the head is complete. The first byte already tells foreign text.
bool live_frame_parser::take_head(std::string_view& bytes) {
    const auto taken = std::min(bytes.size(), head_.size() - head_size_);
    std::copy_n(bytes.begin(), taken, head_.begin() + static_cast<std::ptrdiff_t>(head_size_));
    head_size_ += taken;
    bytes.remove_prefix(taken);
    const std::string_view head(head_.data(), head_size_);
    is_lost_ = !is_live_frame(head_[0]);
    if (!is_lost_ && head_size_ < head_.size())
        return false;
    if (!is_lost_)
        body_left_ = frame_length(head);
    is_lost_ = is_lost_ || body_left_ > protocol::greatest_frame;
    if (is_lost_)
        take_foreign(head);
    return !is_lost_;
}

void live_frame_parser::take_foreign(std::string_view bytes) {
    foreign_text_.append(bytes.substr(0, max_foreign_text - foreign_text_.size()));
}

} // namespace docker_run
