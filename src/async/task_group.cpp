#include "async/task_group.hpp"

#include "async/cancellation.hpp"
#include "async/mutex.hpp"
#include "async/pause.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>
#include <vector>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto restart_pause = 1s; ///< pause before a failed loop restarts; avoids a busy loop

} // namespace

struct task_group::task {
    asio::cancellation_signal signal; ///< used on the executor only
};

/// Shared with the tasks' completion handlers, which may run while the group is being destroyed.
struct task_group::state {
    asio::any_io_executor executor;
    exception_handler on_exception;
    docker_run::mutex mutex;
    std::list<std::shared_ptr<task>> tasks GUARDED_BY(mutex);
    std::vector<std::shared_ptr<asio::steady_timer>>
        watchers GUARDED_BY(mutex); ///< timers of finished(); each is cancelled on its own executor
    bool cancelled GUARDED_BY(mutex) = false;

    void ended(const std::shared_ptr<task>& which, const std::exception_ptr& failure) {
        if (failure && !is_cancelled(failure))
            on_exception(failure);
        const mutex_lock lock(mutex);
        tasks.remove(which);
        if (!tasks.empty())
            return;
        for (auto& watcher : watchers)
            asio::post(watcher->get_executor(), [watcher] { watcher->cancel(); });
        watchers.clear();
    }

    static bool is_cancelled(const std::exception_ptr& failure) {
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& error) {
            return is_cancellation(error);
        } catch (...) {
            return false;
        }
    }

    static asio::awaitable<void> repeat(std::shared_ptr<state> shared,
                                        std::function<asio::awaitable<void>()> loop) {
        for (;;) {
            std::exception_ptr failure;
            try {
                co_await loop();
            } catch (...) {
                failure = std::current_exception();
            }
            if (!failure)
                co_return;
            if (is_cancelled(failure))
                std::rethrow_exception(failure);
            shared->on_exception(failure);
            co_await pause(restart_pause);
        }
    }
};

task_group::task_group(asio::any_io_executor executor, exception_handler on_exception)
    : state_(std::make_shared<state>()) {
    state_->executor = std::move(executor);
    state_->on_exception = std::move(on_exception);
}

task_group::~task_group() = default;

void task_group::spawn(asio::awaitable<void> work) {
    auto started = std::make_shared<task>();
    {
        const mutex_lock lock(state_->mutex);
        if (state_->cancelled)
            return;
        state_->tasks.push_back(started);
    }
    // Connects the slot on the executor: cancel() emits there and must not see a half-made connection.
    asio::post(state_->executor, [shared = state_, started, work = std::move(work)]() mutable {
        auto on_end = [shared, started](const std::exception_ptr& failure) {
            shared->ended(started, failure);
        };
        asio::co_spawn(shared->executor, std::move(work),
                       asio::bind_cancellation_slot(started->signal.slot(), std::move(on_end)));
    });
}

void task_group::keep_running(std::function<asio::awaitable<void>()> loop) {
    spawn(state::repeat(state_, std::move(loop)));
}

void task_group::cancel() {
    const mutex_lock lock(state_->mutex);
    state_->cancelled = true;
    for (const auto& each : state_->tasks)
        asio::post(state_->executor, [each] { each->signal.emit(asio::cancellation_type::terminal); });
}

asio::awaitable<bool> task_group::finished(std::chrono::steady_clock::time_point deadline) {
    const auto executor = co_await asio::this_coro::executor;
    const auto watcher = std::make_shared<asio::steady_timer>(executor, deadline);
    const auto shared = state_;
    {
        const mutex_lock lock(shared->mutex);
        if (shared->tasks.empty())
            co_return true;
        shared->watchers.push_back(watcher);
    }
    boost::system::error_code woken;
    co_await watcher->async_wait(asio::redirect_error(asio::use_awaitable, woken));
    const mutex_lock lock(shared->mutex);
    co_return shared->tasks.empty();
}

std::size_t task_group::size() const {
    const mutex_lock lock(state_->mutex);
    return state_->tasks.size();
}

} // namespace docker_run
