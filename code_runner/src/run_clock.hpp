#pragma once

#include "stage_end.hpp"
#include "usage.hpp"

#include <chrono>
#include <optional>

namespace code_runner {

/// The limits of an interactive run beside its wall time.
struct interactive_limits {
    std::optional<std::chrono::milliseconds> processor_time; ///< of all programs together
    std::optional<std::chrono::milliseconds> idle_time;      ///< without a byte of input or output
};

/// Tells when the time of a run is over, over all its stages.
class run_clock {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    /// A run with wall time only.
    explicit run_clock(time_point deadline) : deadline_{deadline} {}

    /// The meter must outlive the clock. Where it sees no group of the container, programs could hide their
    /// processor time from it, so wall time from `started` is limited instead.
    run_clock(time_point started, std::chrono::milliseconds wall_time, const interactive_limits& limits,
              const usage_meter& usage);

    time_point deadline() const { return deadline_; }

    /// Call it when a byte of input or output has arrived.
    void note_traffic();

    /// `time` or `idle` if that limit is reached.
    std::optional<stage_end::reason> reached_limit();

    /// When to ask again, at the latest.
    time_point next_check() const;

  private:
    bool has_used_up_processor_time(time_point now);

    time_point deadline_;
    interactive_limits limits_;
    const usage_meter* usage_ = nullptr;
    time_point last_traffic_;
    time_point next_usage_check_ = time_point::max();
};

} // namespace code_runner
