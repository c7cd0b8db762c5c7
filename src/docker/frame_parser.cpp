#include "docker/frame_parser.hpp"

#include <algorithm>

namespace docker_run::docker {

std::size_t frame_parser::take_head(std::string_view bytes) {
    const auto taken = std::min(bytes.size(), head_.size() - head_size_);
    std::copy_n(bytes.begin(), taken, head_.begin() + static_cast<std::ptrdiff_t>(head_size_));
    head_size_ += taken;
    if (head_size_ < head_.size())
        return taken;
    head_size_ = 0;
    malformed_ = head_[0] > 3 || head_[1] != 0 || head_[2] != 0 || head_[3] != 0;
    type_ = static_cast<frame_type>(head_[0]);
    body_left_ = (std::uint32_t{head_[4]} << 24) | (std::uint32_t{head_[5]} << 16) |
                 (std::uint32_t{head_[6]} << 8) | std::uint32_t{head_[7]};
    return taken;
}

} // namespace docker_run::docker
