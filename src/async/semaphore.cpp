#include "async/semaphore.hpp"

#include "async/waiter.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace docker_run {

namespace asio = boost::asio;

/// A coroutine in the line.
struct semaphore::applicant : waiter {
    using waiter::waiter;
    bool granted = false; ///< guarded by the semaphore's mutex
};

/// Takes a coroutine out of the line on every way out of acquire(), a cancellation among them.
struct semaphore::line_guard {
    semaphore& owner;
    std::shared_ptr<applicant> self;
    ~line_guard() { owner.leave(self); }
};

asio::awaitable<semaphore::permit> semaphore::acquire(std::chrono::steady_clock::time_point deadline,
                                                      urgency priority) {
    const auto executor = co_await asio::this_coro::executor;
    const auto self = std::make_shared<applicant>(executor, deadline);
    const line_guard guard{*this, self};
    if (!take_or_enqueue(self, priority))
        co_await self->sleep();
    co_return leave(self);
}

bool semaphore::take_or_enqueue(const std::shared_ptr<applicant>& self, urgency priority) {
    const mutex_lock lock(mutex_);
    if (closed_)
        return true;
    if (may_take(priority)) {
        --free_;
        self->granted = true;
        return true;
    }
    line_of(priority).push_back(self);
    return false;
}

semaphore::line& semaphore::line_of(urgency priority) {
    return lines_.at(static_cast<std::size_t>(priority));
}

bool semaphore::may_take(urgency priority) const {
    if (priority == urgency::at_rest)
        return free_ == permits_;
    return free_ > (priority == urgency::idle ? kept_from_idle_ : 0);
}

semaphore::permit semaphore::leave(const std::shared_ptr<applicant>& self) {
    const mutex_lock lock(mutex_);
    if (std::exchange(self->granted, false))
        return permit(*this);
    for (auto& each : lines_)
        std::erase(each, self);
    return permit();
}

void semaphore::release() {
    const mutex_lock lock(mutex_);
    ++free_;
    for (const auto priority : {urgency::urgent, urgency::normal, urgency::idle, urgency::at_rest}) {
        auto& waiting = line_of(priority);
        if (waiting.empty() || !may_take(priority))
            continue;
        const auto next = std::move(waiting.front());
        waiting.pop_front();
        --free_;
        next->granted = true;
        next->wake();
        return;
    }
}

void semaphore::close() {
    const mutex_lock lock(mutex_);
    closed_ = true;
    for (auto& each : lines_) {
        for (const auto& waiting : each)
            waiting->wake();
        each.clear();
    }
}

} // namespace docker_run
