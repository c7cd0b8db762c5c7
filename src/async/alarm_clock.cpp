#include "async/alarm_clock.hpp"

#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace docker_run {

namespace asio = boost::asio;

struct alarm_clock::setting {
    asio::steady_timer timer;
    std::function<void()> action; ///< empty once cancelled: an expired timer cannot be cancelled any more
};

void alarm_clock::set(const asio::any_io_executor& executor, std::chrono::steady_clock::duration delay,
                      std::function<void()> action) {
    cancel();
    setting_ = std::make_shared<setting>(asio::steady_timer(executor, delay), std::move(action));
    setting_->timer.async_wait([current = setting_](const boost::system::error_code&) {
        const auto due = std::exchange(current->action, nullptr);
        if (due)
            due();
    });
}

void alarm_clock::cancel() {
    if (!setting_)
        return;
    setting_->action = nullptr;
    setting_->timer.cancel();
    setting_.reset();
}

} // namespace docker_run
