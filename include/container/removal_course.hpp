#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace docker_run {

/// What an attempt to remove a container has shown.
enum class removal_outcome : std::uint8_t {
    gone,        ///< the engine has removed it
    absent,      ///< the engine has no container of that name
    in_progress, ///< another call is at it; one that we gave up goes on inside the engine
    failed,      ///< the engine refused, broke off or did not answer in time
    unreachable  ///< the engine is away, which says nothing about the container
};

/// How the removal of one container goes on, attempt by attempt. Pure: times come from outside.
class removal_course {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    /// `may_appear_later`: its create was sent and not answered, so that the engine may still carry it out.
    explicit removal_course(bool may_appear_later) : may_appear_later_(may_appear_later) {}

    /// An attempt begins.
    void begin(time_point now);
    /// An attempt has ended. Returns the pause before the next one, or nothing where the removal is over.
    std::optional<std::chrono::milliseconds> next(removal_outcome outcome, time_point now);

    /// The engine has said that there is no such container. Only its name is watched from then on.
    bool is_absent() const noexcept { return absent_; }

    /// From this moment on the removal counts as stuck: it has been tried for a minute in vain. Never while
    /// the engine is away or says that there is no container.
    time_point stuck_from() const noexcept { return stuck_from_; }
    /// It is stuck: the pauses get long.
    void slow_down() noexcept { slow_ = true; }

  private:
    bool may_appear_later_;
    bool absent_ = false;
    bool slow_ = false;
    std::chrono::milliseconds pause_{100}; ///< doubled with each attempt
    time_point stuck_from_ = time_point::max();
    time_point patience_ = time_point::max(); ///< a container that has not appeared by then never will
};

} // namespace docker_run
