#pragma once

#include "metrics/metrics.hpp"
#include "run/run_events.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace docker_run {

/// Counts the events of a live run on their way to their receiver. Used on the strand of the run.
class counted_events final : public run_events {
  public:
    /// Both must outlive it. `begun`: when the run was asked for.
    counted_events(run_events& receiver, metrics& counted, std::chrono::steady_clock::time_point begun)
        : receiver_(receiver), metrics_(counted), begun_(begun) {}
    counted_events(const counted_events&) = delete;
    counted_events& operator=(const counted_events&) = delete;
    ~counted_events() override;

    void started(const run_timings& so_far, bool is_live) override;
    boost::asio::awaitable<void> stage_began(std::string_view name, time_point until) override {
        return receiver_.stage_began(name, until);
    }
    boost::asio::awaitable<void> printed(output_channel channel, std::string_view bytes,
                                         time_point until) override;

    /// How many bytes of output have been passed on.
    std::uint64_t bytes() const { return bytes_; }

  private:
    run_events& receiver_;
    metrics& metrics_;
    std::chrono::steady_clock::time_point begun_;
    bool has_started_ = false;
    std::uint64_t bytes_ = 0;
};

} // namespace docker_run
