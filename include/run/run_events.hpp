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
///
/// A call with `until` may wait until then, and the run's output is not read meanwhile: a slow receiver slows
/// the program. From then on it must take everything at once, so that the run can find its result. That is
/// some 256 KiB more at most than the run may print.
class run_events {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    virtual ~run_events() = default;

    /// The first event. The program has its request and has not printed anything. A run that fails before has
    /// no event. `is_live`: false if the image's output cannot be passed on while the program runs; then only
    /// the result follows.
    virtual void started(const run_timings& so_far, bool is_live) = 0;

    /// A command begins: "build", once for each command of the build, or "run". The output since the last of
    /// these events is that of the plain answer.
    virtual boost::asio::awaitable<void> stage_began(std::string_view name, time_point until) = 0;

    /// The program has printed these bytes, which are valid until the call returns.
    virtual boost::asio::awaitable<void> printed(output_channel channel, std::string_view bytes,
                                                 time_point until) = 0;
};

} // namespace docker_run
