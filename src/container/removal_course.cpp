#include "container/removal_course.hpp"

#include <algorithm>

namespace docker_run {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds longest_pause = 5s;
/// A stuck removal usually needs help from outside, and more calls would only pile up inside the engine.
constexpr std::chrono::milliseconds slow_pause = 15s;
constexpr auto stuck_after = 60s;
/// The engine executes a create call even if its caller is gone (measured with an engine that was stopped and
/// continued). That takes seconds at most. A container that appears still later is found by a sweep.
constexpr auto late_create_window = 15s; ///< counted from the engine's first response
constexpr std::chrono::milliseconds late_create_poll = 1s;

} // namespace

void removal_course::begin(time_point now) {
    if (stuck_from_ == time_point::max())
        stuck_from_ = now + stuck_after;
}

std::optional<std::chrono::milliseconds> removal_course::next(removal_outcome outcome, time_point now) {
    const bool absent = outcome == removal_outcome::absent;
    if (outcome == removal_outcome::gone || (absent && !may_appear_later_))
        return std::nullopt;
    if (outcome == removal_outcome::in_progress) { // so the container has appeared
        may_appear_later_ = false;
        patience_ = time_point::max();
    }
    if (absent) {
        absent_ = true;
        patience_ = std::min(patience_, now + late_create_window);
    }
    if (absent || outcome == removal_outcome::unreachable)
        stuck_from_ = time_point::max();
    if (now >= patience_)
        return std::nullopt;
    if (slow_)
        return slow_pause;
    const auto pause = pause_;
    pause_ = std::min(pause_ * 2, may_appear_later_ ? late_create_poll : longest_pause);
    return pause;
}

} // namespace docker_run
