#pragma once

#include "async/event.hpp"
#include "cli/selftest_verdict.hpp"
#include "run/run_call.hpp"
#include "run/run_events.hpp"
#include "run/run_input.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace docker_run {

/// A program whose output has to arrive while it runs.
struct live_probe {
    std::string name;
    std::string command; ///< for sh
    std::string output;  ///< all that it prints
    std::string typed; ///< what its caller types once it has printed something; empty: it is not interactive
    std::optional<window_size> window; ///< of its terminal; nullopt: it has pipes
};

/// `interactive`: those that get input, too.
std::vector<live_probe> live_probes(bool interactive);

/// The caller of a live probe: hears what it prints, and types. Used on the strand of the run.
class probe_caller : public run_events, public run_input {
  public:
    /// `program` must outlive this object.
    explicit probe_caller(const live_probe& program) : program_(program) {}

    /// Makes the call of a run a call of this caller.
    void take_part(run_call& call);
    /// Call it when the run has ended, at the time `ended`.
    selftest_verdict assess(const finding& result, time_point ended) const;

    void started(const run_timings& so_far, bool is_live) override;
    boost::asio::awaitable<void> stage_began(std::string_view name, time_point until) override;
    boost::asio::awaitable<void> printed(output_channel channel, std::string_view bytes,
                                         time_point until) override;
    boost::asio::awaitable<std::string> next() override;

  private:
    const live_probe& program_;
    bool is_live_ = false;
    bool has_typed_ = false;
    std::string heard_;
    event heard_something_;
    std::optional<time_point> first_heard_;
};

} // namespace docker_run
