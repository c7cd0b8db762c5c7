#pragma once

#include "image/container_settings.hpp"

#include <cstdint>
#include <mutex>
#include <set>
#include <utility>

namespace docker_run {

/// Hands out users of the host to containers, each to one at a time. What the kernel counts by user
/// (descriptors that are sent, pipes, inotify, message queues, signals) is then a container's own.
/// Thread-safe; outlives its leases.
class uid_allocator {
  public:
    /// A user that is one's own, given back by the destructor. An empty one (default or moved from) is none.
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

    /// A user of the range that nobody has; an empty lease where there is none. Goes round the range, so that
    /// a user rests as long as it can: the kernel frees some of what it counted a moment after a process
    /// ended.
    lease take(const uid_range& range);

    /// From now on these, which containers of others have, are not handed out; those of the last call are
    /// again.
    void avoid(std::set<std::uint32_t> others);

    /// Whether avoid() was called: before it nobody knows which users are free.
    bool informed() const;

  private:
    void give_back(std::uint32_t uid) noexcept;

    mutable std::mutex mutex_;
    std::set<std::uint32_t> leased_;
    std::set<std::uint32_t> others_;
    std::uint32_t last_taken_ = 0;
    bool informed_ = false;
};

} // namespace docker_run
