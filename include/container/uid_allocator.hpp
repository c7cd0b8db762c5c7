#pragma once

#include "async/mutex.hpp"
#include "image/container_settings.hpp"

#include <cstdint>
#include <set>
#include <utility>

namespace docker_run {

/// Assigns users of the host to containers, each user to one container at a time. So the resources that the
/// kernel counts by user (descriptors in transit, pipes, inotify, message queues, signals) are counted for
/// each container. Thread-safe. Must outlive its leases.
class uid_allocator {
  public:
    /// A user for one container, given back by the destructor. A lease that is default-constructed or moved
    /// from is empty.
    class lease {
      public:
        lease() = default;
        lease(lease&& other) noexcept
            : owner_(std::exchange(other.owner_, nullptr)), uid_(std::exchange(other.uid_, 0)) {}
        lease& operator=(lease&& other) noexcept {
            std::swap(owner_, other.owner_);
            std::swap(uid_, other.uid_);
            return *this;
        }
        ~lease() {
            if (owner_)
                owner_->give_back(uid_);
        }
        explicit operator bool() const noexcept { return owner_ != nullptr; }
        std::uint32_t uid() const noexcept { return uid_; }

      private:
        friend class uid_allocator;
        lease(uid_allocator& owner, std::uint32_t uid) noexcept : owner_(&owner), uid_(uid) {}
        uid_allocator* owner_ = nullptr;
        std::uint32_t uid_ = 0;
    };

    uid_allocator() = default;
    uid_allocator(const uid_allocator&) = delete;
    uid_allocator& operator=(const uid_allocator&) = delete;

    /// Takes a free user of the range. Returns an empty lease if there is none. It goes round the range, so
    /// that a user stays unused as long as possible: the kernel releases some counted resources only a moment
    /// after a process has ended.
    lease take(const uid_range& range);

    /// Sets the users that containers of other daemons have. They are not assigned. Replaces the users of the
    /// previous call.
    void avoid(std::set<std::uint32_t> others);

    /// Whether avoid() was called. Before that it is not known which users are free.
    bool informed() const;

  private:
    void give_back(std::uint32_t uid) noexcept;

    mutable mutex mutex_;
    std::set<std::uint32_t> leased_ GUARDED_BY(mutex_);
    std::set<std::uint32_t> others_ GUARDED_BY(mutex_);
    std::uint32_t last_taken_ GUARDED_BY(mutex_) = 0;
    bool informed_ GUARDED_BY(mutex_) = false;
};

} // namespace docker_run
