#include "async/task_group.hpp"

#include "async/cancellation.hpp"
#include "async/event.hpp"
#include "async/mutex.hpp"
#include "async/pause.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <list>
#include <utility>

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
    state(asio::any_io_executor thread, exception_handler handler)
        : executor(std::move(thread)), on_exception(std::move(handler)) {
        idle.set();
    }

    asio::any_io_executor executor;
    exception_handler on_exception;
    docker_run::mutex mutex;
    std::list<std::shared_ptr<task>> tasks GUARDED_BY(mutex);
    bool cancelled GUARDED_BY(mutex) = false;
    event idle; ///< set while there is no task; changed with the mutex held only

    void remove(const std::shared_ptr<task>& member, const std::exception_ptr& failure) {
        if (failure && !is_cancelled(failure))
            on_exception(failure);
        const mutex_lock lock(mutex);
        tasks.remove(member);
        if (tasks.empty())
            idle.set();
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
    : state_(std::make_shared<state>(std::move(executor), std::move(on_exception))) {}

task_group::~task_group() = default;

void task_group::spawn(asio::awaitable<void> work) {
    auto member = std::make_shared<task>();
    {
        const mutex_lock lock(state_->mutex);
        if (state_->cancelled)
            return;
        state_->tasks.push_back(member);
        state_->idle.reset();
    }
    // Connects the slot on the executor: cancel() emits there and must not see a half-made connection.
    asio::post(state_->executor, [shared = state_, member, work = std::move(work)]() mutable {
        auto on_end = [shared, member](const std::exception_ptr& failure) {
            shared->remove(member, failure);
        };
        asio::co_spawn(shared->executor, std::move(work),
                       asio::bind_cancellation_slot(member->signal.slot(), std::move(on_end)));
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

asio::awaitable<bool> task_group::wait_until_finished(std::chrono::steady_clock::time_point deadline) {
    const auto shared = state_; // this coroutine may resume after the group has been destroyed
    co_return co_await shared->idle.wait(deadline);
}

std::size_t task_group::size() const {
    const mutex_lock lock(state_->mutex);
    return state_->tasks.size();
}

} // namespace docker_run
