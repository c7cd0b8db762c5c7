#include "async/semaphore.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace docker_run {

namespace asio = boost::asio;

/// A coroutine in the line. The timer is its condition variable; it is touched on the coroutine's own
/// executor only.
struct semaphore::waiter : std::enable_shared_from_this<waiter> {
    waiter(const asio::any_io_executor& executor, std::chrono::steady_clock::time_point deadline)
        : timer(executor, deadline) {}

    /// Any thread. The coroutine started to wait, on the executor posted to, before it let anybody see this
    /// waiter run.
    void wake() {
        asio::post(timer.get_executor(), [self = shared_from_this()] { self->timer.cancel(); });
    }

    asio::steady_timer timer;
    bool granted = false; ///< guarded by the semaphore's mutex
};

/// Takes a coroutine out of the line on every way out of acquire(), a cancellation among them.
struct semaphore::line_guard {
    semaphore& owner;
    std::shared_ptr<waiter> self;
    ~line_guard() { owner.leave(self); }
};

asio::awaitable<semaphore::permit> semaphore::acquire(std::chrono::steady_clock::time_point deadline,
                                                      urgency how) {
    const auto executor = co_await asio::this_coro::executor;
    const auto self = std::make_shared<waiter>(executor, deadline);
    const line_guard guard{*this, self};
    if (!take_or_enqueue(self, how)) {
        boost::system::error_code woken;
        co_await self->timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    co_return leave(self);
}

bool semaphore::take_or_enqueue(const std::shared_ptr<waiter>& self, urgency how) {
    const mutex_lock lock(mutex_);
    if (closed_)
        return true;
    if (free_ > 0) {
        --free_;
        self->granted = true;
        return true;
    }
    (how == urgency::urgent ? urgent_ : normal_).push_back(self);
    return false;
}

semaphore::permit semaphore::leave(const std::shared_ptr<waiter>& self) {
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
        for (const auto& waiting : *line)
            waiting->wake();
        line->clear();
    }
}

} // namespace docker_run
