#include "async/event.hpp"

#include <boost/asio/this_coro.hpp>

namespace docker_run {

namespace asio = boost::asio;

void event::set() {
    const mutex_lock lock(mutex_);
    set_ = true;
    for (const auto& each : waiters_)
        if (const auto alive = each.lock())
            alive->wake();
    waiters_.clear();
}

void event::reset() {
    const mutex_lock lock(mutex_);
    set_ = false;
}

bool event::is_set() const {
    const mutex_lock lock(mutex_);
    return set_;
}

asio::awaitable<bool> event::wait(std::chrono::steady_clock::time_point deadline) {
    const auto executor = co_await asio::this_coro::executor;
    const auto self = std::make_shared<waiter>(executor, deadline);
    enlist(self);
    const bool woken = co_await self->sleep();
    co_return woken || is_set();
}

void event::enlist(const std::shared_ptr<waiter>& self) {
    const mutex_lock lock(mutex_);
    if (set_)
        return self->wake();
    std::erase_if(waiters_, [](const auto& each) { return each.expired(); });
    waiters_.push_back(self);
}

} // namespace docker_run
