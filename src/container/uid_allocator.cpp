#include "container/uid_allocator.hpp"

namespace docker_run {

uid_allocator::lease uid_allocator::take(const uid_range& range) {
    const mutex_lock lock(mutex_);
    auto uid = range.contains(last_taken_) ? last_taken_ : range.last;
    for (std::size_t tried = 0; tried < range.size(); ++tried) {
        uid = uid == range.last ? range.first : uid + 1;
        if (others_.contains(uid) || !leased_.insert(uid).second)
            continue;
        last_taken_ = uid;
        return {*this, uid};
    }
    return {};
}

void uid_allocator::avoid(std::set<std::uint32_t> others) {
    const mutex_lock lock(mutex_);
    others_ = std::move(others);
    informed_ = true;
}

bool uid_allocator::informed() const {
    const mutex_lock lock(mutex_);
    return informed_;
}

void uid_allocator::give_back(std::uint32_t uid) noexcept {
    const mutex_lock lock(mutex_);
    leased_.erase(uid);
}

} // namespace docker_run
