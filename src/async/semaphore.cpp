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

std::deque<std::shared_ptr<semaphore::applicant>>& semaphore::line_of(urgency priority) {
    if (priority == urgency::idle)
        return idle_;
    return priority == urgency::normal ? normal_ : urgent_;
}

bool semaphore::may_take(urgency priority) const {
    return free_ > (priority == urgency::idle ? kept_from_idle_ : 0);
}

semaphore::permit semaphore::leave(const std::shared_ptr<applicant>& self) {
    const mutex_lock lock(mutex_);
    if (std::exchange(self->granted, false))
        return permit(*this);
    for (auto* line : {&urgent_, &normal_, &idle_})
        std::erase(*line, self);
    return permit();
}

void semaphore::release() {
    const mutex_lock lock(mutex_);
    ++free_;
    for (const auto priority : {urgency::urgent, urgency::normal, urgency::idle}) {
        auto& line = line_of(priority);
        if (line.empty() || !may_take(priority))
            continue;
        const auto next = std::move(line.front());
        line.pop_front();
        --free_;
        next->granted = true;
        next->wake();
        return;
    }
}

void semaphore::close() {
    const mutex_lock lock(mutex_);
    closed_ = true;
    for (auto* line : {&urgent_, &normal_, &idle_}) {
        for (const auto& each : *line)
            each->wake();
        line->clear();
    }
}

} // namespace docker_run
