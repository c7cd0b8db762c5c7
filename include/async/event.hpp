#pragma once

#include "async/mutex.hpp"
#include "async/waiter.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <vector>

namespace docker_run {

/// Something that happens and that coroutines wait for. It stays set until reset(). Thread-safe. Must outlive
/// the coroutines that wait for it, except those that are destroyed and not resumed.
class event {
  public:
    event() = default;
    event(const event&) = delete;
    event& operator=(const event&) = delete;

    /// Wakes every coroutine that waits, each on its own executor.
    void set();
    /// The coroutines that set() has woken still learn of it.
    void reset();
    bool is_set() const;

    /// Returns true once the event is set. Returns false if `deadline` passed or the coroutine was cancelled
    /// first. Gives way to other handlers of the executor even if the event is set already, so that a loop
    /// around it does not keep them from running.
    boost::asio::awaitable<bool> wait(std::chrono::steady_clock::time_point deadline);

  private:
    void enlist(const std::shared_ptr<waiter>& self);

    mutable mutex mutex_;
    bool set_ GUARDED_BY(mutex_) = false;
    std::vector<std::weak_ptr<waiter>> waiters_ GUARDED_BY(mutex_); ///< expired: the coroutine has left
};

} // namespace docker_run
