#pragma once

#include "run/run_outcome.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace docker_run {

enum class output_channel : std::uint8_t { standard_output, standard_error };

/// Receives a run while it happens. Called on the strand of the run, one call at a time, and not after the
/// run has ended. What a call throws ends the run and is thrown by run_service::execute().
class run_events {
  public:
    virtual ~run_events() = default;

    /// The first event. The program has its request and has not printed anything. A run that fails before has
    /// no event. `is_live`: false if the image's output cannot be passed on while the program runs; then only
    /// the result follows.
    virtual void started(const run_timings& so_far, bool is_live) = 0;

    /// A command begins: "build" or "run", each at most once. The texts of the last stage are those of the
    /// plain answer.
    virtual void stage_began(std::string_view name) = 0;

    /// The program has printed these bytes, which are valid until the call returns. The call may wait until
    /// `until`, and the run's output is not read meanwhile: a slow receiver slows the program. From then on
    /// it must take the bytes at once, so that the run can find its result. After `until` it gets at most as
    /// many bytes as the run may print.
    virtual boost::asio::awaitable<void> printed(output_channel channel, std::string_view bytes,
                                                 std::chrono::steady_clock::time_point until) = 0;
};

} // namespace docker_run
