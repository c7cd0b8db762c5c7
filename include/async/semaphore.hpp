#pragma once

#include "async/mutex.hpp"

#include <boost/asio/awaitable.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

namespace docker_run {

/// A counting semaphore that coroutines wait for: in the order of their urgency, then of their arrival.
/// Thread-safe; outlives its permits and every coroutine that waits for it.
class semaphore {
  public:
    /// One of the semaphore's permits, given back by the destructor. An empty one (default or moved from)
    /// holds nothing.
    class permit {
      public:
        permit() = default;
        permit(permit&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
        permit& operator=(permit&& other) noexcept {
            std::swap(owner_, other.owner_);
            return *this;
        }
        ~permit() {
            if (owner_)
                owner_->release();
        }
        explicit operator bool() const noexcept { return owner_ != nullptr; }

      private:
        friend class semaphore;
        explicit permit(semaphore& owner) noexcept : owner_(&owner) {}
        semaphore* owner_ = nullptr;
    };

    enum class urgency {
        at_rest, ///< only while nobody holds a permit
        idle,    ///< only while more permits are free than are kept from it
        normal,
        urgent
    };

    /// `kept_from_idle`: how many permits only the urgencies above `idle` may take.
    explicit semaphore(std::size_t permits, std::size_t kept_from_idle = 0)
        : permits_(permits), kept_from_idle_(kept_from_idle), free_(permits) {}
    semaphore(const semaphore&) = delete;
    semaphore& operator=(const semaphore&) = delete;

    /// A permit, or an empty one if `deadline` passed, the semaphore was closed or the coroutine was
    /// cancelled first.
    boost::asio::awaitable<permit> acquire(std::chrono::steady_clock::time_point deadline,
                                           urgency priority = urgency::normal);

    /// From now on nobody gets a permit; those who wait return with an empty one. Permits held stay valid.
    void close();

  private:
    struct applicant;
    struct line_guard;
    using line = std::deque<std::shared_ptr<applicant>>;

    bool take_or_enqueue(const std::shared_ptr<applicant>& self, urgency priority);
    permit leave(const std::shared_ptr<applicant>& self);
    void release();
    line& line_of(urgency priority) REQUIRES(mutex_);
    bool may_take(urgency priority) const REQUIRES(mutex_);

    const std::size_t permits_;
    const std::size_t kept_from_idle_;
    mutable mutex mutex_;
    std::size_t free_ GUARDED_BY(mutex_);
    bool closed_ GUARDED_BY(mutex_) = false;
    std::array<line, 4> lines_ GUARDED_BY(mutex_); ///< one for each urgency
};

} // namespace docker_run
