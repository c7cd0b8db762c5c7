#pragma once

#include "run/run_outcome.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string_view>

namespace docker_run {

enum class output_channel : std::uint8_t { standard_output, standard_error };

/// Receives a run while it happens. Every call may wait, and the run's output is not read meanwhile: a slow
/// receiver slows the program. Called on the strand of the run, one call at a time, and not after the run has
/// ended. What a call throws ends the run and is thrown by run_service::execute().
class run_events {
  public:
    virtual ~run_events() = default;

    /// The first event. The program has its request and has not printed anything. A run that fails before has
    /// no event. `is_live`: false if the image's output cannot be passed on while the program runs; then only
    /// the result follows.
    virtual boost::asio::awaitable<void> started(const run_timings& so_far, bool is_live) = 0;

    /// A command begins: "build" or "run". The texts of the last stage are those of the plain answer.
    virtual boost::asio::awaitable<void> stage_began(std::string_view name) = 0;

    /// The program has printed these bytes. They are valid until the call returns.
    virtual boost::asio::awaitable<void> printed(output_channel channel, std::string_view bytes) = 0;
};

} // namespace docker_run
