#include "slots.hpp"

#include <algorithm>
#include <cmath>

namespace docker_run {

namespace asio = boost::asio;

namespace {

constexpr double newest_weight = 0.1; ///< of one run in the average

} // namespace

slots::place::~place() {
    leave_slot();
    if (!owner_)
        return;
    const std::lock_guard lock(owner_->mutex_);
    --owner_->taken_;
}

asio::awaitable<bool> slots::place::wait_for_turn(std::chrono::steady_clock::time_point deadline) {
    turn_ = co_await owner_->turns_.acquire(deadline);
    if (!turn_)
        co_return false;
    since_ = std::chrono::steady_clock::now();
    const std::lock_guard lock(owner_->mutex_);
    ++owner_->running_;
    co_return true;
}

void slots::place::leave_slot() {
    if (!turn_)
        return;
    owner_->note(std::chrono::steady_clock::now() - since_);
    const semaphore::permit given_back = std::move(turn_);
}

std::optional<slots::place> slots::enter() {
    const std::lock_guard lock(mutex_);
    if (closed_ || taken_ >= places_)
        return std::nullopt;
    ++taken_;
    return place(*this);
}

void slots::close() {
    closed_ = true;
    turns_.close();
}

void slots::note(std::chrono::steady_clock::duration held) {
    const double seconds = std::chrono::duration<double>(held).count();
    const std::lock_guard lock(mutex_);
    --running_;
    average_seconds_ =
        average_seconds_ == 0 ? seconds : average_seconds_ + newest_weight * (seconds - average_seconds_);
}

std::chrono::seconds slots::retry_after() const {
    const std::lock_guard lock(mutex_);
    return retry_after_seconds(average_seconds_ * static_cast<double>(taken_) /
                               static_cast<double>(workers_));
}

std::chrono::seconds retry_after_seconds(double expected) {
    // In this order: a number beyond the range of integers may not become one.
    return std::chrono::seconds(static_cast<int>(std::clamp(std::ceil(expected), 1.0, 60.0)));
}

slot_counts slots::counts() const {
    const std::lock_guard lock(mutex_);
    return {running_, taken_ - std::min(taken_, running_)};
}

} // namespace docker_run
