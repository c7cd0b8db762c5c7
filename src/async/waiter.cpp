#include "async/waiter.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace docker_run {

namespace asio = boost::asio;

asio::awaitable<bool> waiter::sleep() {
    boost::system::error_code end;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, end));
    co_return is_woken_;
}

/// The posted handler runs after the coroutine has begun to sleep, because both use the same executor.
void waiter::wake() {
    asio::post(timer_.get_executor(), [self = shared_from_this()] {
        self->is_woken_ = true;
        self->timer_.cancel();
    });
}

} // namespace docker_run
