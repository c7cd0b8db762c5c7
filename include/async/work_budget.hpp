#pragma once

#include "async/running_median.hpp"
#include "async/semaphore.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <limits>
#include <memory>
#include <mutex>

namespace docker_run {

/// Bounds how much work of one kind is under way at once, because more of it would only wait inside the
/// engine. Work that takes far longer than usual is taken for work that hangs: it gives its permit back and
/// goes on without one, so that it does not stop the rest. Thread-safe; outlives its turns.
class work_budget {
  public:
    /// The permission for one piece of work, which ends with the destructor. An empty turn (default or moved
    /// from) holds nothing. Move-only; to be destroyed on the executor that acquired it.
    class turn {
      public:
        turn();
        turn(turn&& other) noexcept;
        turn& operator=(turn&& other) noexcept;
        ~turn();
        explicit operator bool() const noexcept { return piece_ != nullptr; }

        /// The work has succeeded: its duration counts for what is usual. Ends the turn.
        void complete();

      private:
        friend class work_budget;
        struct piece;
        explicit turn(std::unique_ptr<piece> begun);
        std::unique_ptr<piece> piece_;
    };

    static constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();
    /// Nothing shorter is called a hang: a busy engine takes some tenths of a second for any call.
    static constexpr std::chrono::milliseconds default_patience{500};

    /// `hanging`: how much work may go on without its permit. What hangs beyond that keeps its permit.
    explicit work_budget(std::size_t permits, std::size_t hanging = unbounded,
                         std::chrono::milliseconds least_patience = default_patience)
        : permits_(permits), max_hanging_(hanging), least_patience_(least_patience) {}

    /// A turn, or an empty one if `deadline` passed or the coroutine was cancelled first. Its time counts
    /// from here.
    boost::asio::awaitable<turn> acquire(std::chrono::steady_clock::time_point deadline,
                                         semaphore::urgency how = semaphore::urgency::normal);

    /// How long work may take before it counts as hanging: ten times the median of what succeeded lately.
    std::chrono::nanoseconds patience() const;

  private:
    bool let_hang();
    void end_hang();
    void note(std::chrono::nanoseconds duration);

    semaphore permits_;
    const std::size_t max_hanging_;
    const std::chrono::milliseconds least_patience_;
    mutable std::mutex mutex_;
    std::size_t hanging_ = 0;
    running_median usual_;
};

} // namespace docker_run
