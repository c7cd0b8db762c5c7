#pragma once

#include "semaphore.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>

namespace docker_run {

struct slot_counts {
    std::size_t running = 0;
    std::size_t waiting = 0; ///< in the line, their bodies perhaps still on the way
};

/// A wait as Retry-After says it: whole seconds, 1 to 60.
std::chrono::seconds retry_after_seconds(double expected);

/// Admission: at most so many runs at once, a bounded line behind them, first come first served. A request
/// takes its place before its body is read, so the places bound the memory of all bodies. Thread-safe;
/// outlives its places.
class slots {
  public:
    /// The place of one request, in the line first and running later; given up by the destructor. Move-only.
    class place {
      public:
        place(place&& other) noexcept
            : owner_(std::exchange(other.owner_, nullptr)), turn_(std::move(other.turn_)),
              since_(other.since_) {}
        place& operator=(place&&) = delete;
        ~place();

        /// Waits for a slot; false if `deadline` passed first or the line was closed.
        boost::asio::awaitable<bool> wait_for_turn(std::chrono::steady_clock::time_point deadline);

        /// The result is complete: lets the next run begin. The place itself, which stands for the memory of
        /// the answer, stays taken until the destructor.
        void leave_slot();

      private:
        friend class slots;
        explicit place(slots& owner) noexcept : owner_(&owner) {}

        slots* owner_;
        semaphore::permit turn_;
        std::chrono::steady_clock::time_point since_{};
    };

    slots(std::size_t workers, std::size_t line)
        : workers_(workers), places_(workers + line), turns_(workers) {}

    /// A place in the line, or none where it is full or closed. Returns at once.
    std::optional<place> enter();

    /// Shutting down: nobody enters, and who waits is told so. Runs go on.
    void close();
    bool is_closed() const noexcept { return closed_; }

    /// When a free place may be expected, from the observed length of runs; 1 to 60 s.
    std::chrono::seconds retry_after() const;

    slot_counts counts() const;

  private:
    void note(std::chrono::steady_clock::duration held);

    std::size_t workers_;
    std::size_t places_;
    std::atomic<bool> closed_ = false;
    mutable std::mutex mutex_;
    std::size_t taken_ = 0;
    std::size_t running_ = 0;
    double average_seconds_ = 0; ///< of a run, decaying
    semaphore turns_;
};

} // namespace docker_run
