#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace docker_run {

/// The result of one attempt to remove a container.
enum class removal_outcome : std::uint8_t {
    gone,        ///< the engine has removed it
    absent,      ///< the engine has no container of that name
    in_progress, ///< another call is removing it; a call that we gave up continues inside the engine
    failed,      ///< the engine refused, closed the connection or did not answer in time
    unreachable  ///< the engine cannot be reached, so nothing is known about the container
};

/// The course of one container's removal, attempt by attempt. Pure: the caller passes the times.
class removal_course {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    /// `may_appear_later`: its create call was sent but not answered, so the engine may still execute it.
    explicit removal_course(bool may_appear_later) : may_appear_later_(may_appear_later) {}

    /// Call it when an attempt begins.
    void begin(time_point now);
    /// Call it when an attempt has ended. Returns the pause before the next one, or nothing if the removal is
    /// over.
    std::optional<std::chrono::milliseconds> next(removal_outcome outcome, time_point now);

    /// The engine has said that there is no such container. After that only its name is watched.
    bool is_absent() const noexcept { return absent_; }

    /// The time at which the removal counts as stuck, after a minute of failed attempts. Never while the
    /// engine is away or says that there is no such container.
    time_point stuck_from() const noexcept { return stuck_from_; }
    /// Makes the pauses long. Call it when the removal is stuck.
    void slow_down() noexcept { slow_ = true; }

  private:
    bool may_appear_later_;
    bool absent_ = false;
    bool slow_ = false;
    std::chrono::milliseconds pause_{100}; ///< doubled with each attempt
    time_point stuck_from_ = time_point::max();
    time_point patience_ = time_point::max(); ///< after this time the container will not appear any more
};

} // namespace docker_run
