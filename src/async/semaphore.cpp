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
    if (free_ > 0) {
        --free_;
        self->granted = true;
        return true;
    }
    (priority == urgency::urgent ? urgent_ : normal_).push_back(self);
    return false;
}

semaphore::permit semaphore::leave(const std::shared_ptr<applicant>& self) {
    const mutex_lock lock(mutex_);
    if (std::exchange(self->granted, false))
        return permit(*this);
    std::erase(normal_, self);
    std::erase(urgent_, self);
    return permit();
}

void semaphore::release() {
    const mutex_lock lock(mutex_);
    auto& line = urgent_.empty() ? normal_ : urgent_;
    if (line.empty()) {
        ++free_;
        return;
    }
    const auto next = std::move(line.front());
    line.pop_front();
    next->granted = true;
    next->wake();
}

void semaphore::close() {
    const mutex_lock lock(mutex_);
    closed_ = true;
    for (auto* line : {&urgent_, &normal_}) {
        for (const auto& each : *line)
            each->wake();
        line->clear();
    }
}

} // namespace docker_run
