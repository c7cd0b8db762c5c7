#include "async/running_median.hpp"

#include <algorithm>

namespace docker_run {

void running_median::note(std::chrono::nanoseconds duration) {
    recent_[count_ % recent_.size()] = duration;
    ++count_;
}

std::chrono::nanoseconds running_median::value() const {
    auto sorted = recent_;
    const auto used = std::min(count_, sorted.size());
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(used / 2);
    std::nth_element(sorted.begin(), middle, sorted.begin() + static_cast<std::ptrdiff_t>(used));
    return used == 0 ? std::chrono::nanoseconds(0) : *middle;
}

} // namespace docker_run
