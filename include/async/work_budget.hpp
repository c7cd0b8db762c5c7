#pragma once

#include "async/mutex.hpp"
#include "async/running_median.hpp"
#include "async/semaphore.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <limits>
#include <memory>

namespace docker_run {

/// The turns of operations of one kind, whose number at once is limited by permits, because more of them
/// would only wait for each other. Several kinds may share the permits. An operation that takes far longer
/// than usual for its kind counts as hanging. It returns its permit and continues without one, so that it
/// does not block the others. Thread-safe. Must outlive its turns.
class work_budget {
  public:
    /// The permission for one operation, returned by the destructor. An empty turn (default-constructed or
    /// moved from) holds nothing. Move-only. Destroy it on the executor that acquired it.
    class turn {
      public:
        turn();
        turn(turn&& other) noexcept;
        turn& operator=(turn&& other) noexcept;
        ~turn();
        explicit operator bool() const noexcept { return piece_ != nullptr; }

        /// Call it when the operation has succeeded. Adds its duration to the median and ends the turn.
        void complete();

      private:
        friend class work_budget;
        struct piece;
        explicit turn(std::unique_ptr<piece> work);
        std::unique_ptr<piece> piece_;
    };

    static constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();
    /// A shorter operation never counts as hanging: a busy engine takes some tenths of a second for any call.
    static constexpr std::chrono::milliseconds default_patience{500};

    /// `permits` must outlive the budget. `max_hanging`: how many hanging operations may continue without a
    /// permit. Further ones keep their permits.
    explicit work_budget(semaphore& permits, std::size_t max_hanging = unbounded,
                         std::chrono::milliseconds least_patience = default_patience)
        : permits_(permits), max_hanging_(max_hanging), least_patience_(least_patience) {}

    /// Waits for a turn. Returns an empty one if `deadline` passed or the coroutine was cancelled first. The
    /// duration of the operation counts from the return.
    boost::asio::awaitable<turn> acquire(std::chrono::steady_clock::time_point deadline,
                                         semaphore::urgency urgency = semaphore::urgency::normal);

    /// The time after which an operation counts as hanging: ten times the median of the recent successful
    /// ones, but at least `least_patience`.
    std::chrono::nanoseconds patience() const;

  private:
    bool let_hang();
    void end_hang();
    void note(std::chrono::nanoseconds duration);

    semaphore& permits_;
    const std::size_t max_hanging_;
    const std::chrono::milliseconds least_patience_;
    mutable mutex mutex_;
    std::size_t hanging_ GUARDED_BY(mutex_) = 0;
    running_median usual_ GUARDED_BY(mutex_);
};

} // namespace docker_run
