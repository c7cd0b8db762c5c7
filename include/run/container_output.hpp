#pragma once

#include "docker/engine_types.hpp"
#include "run/conversation_result.hpp"
#include "run/run_verdict.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace docker_run {

/// What a container prints: taken during the conversation, and judged after it. Used on the strand of the
/// run.
class container_output {
  public:
    virtual ~container_output() = default;

    /// Takes bytes of the engine's multiplexed stream. They are valid until it returns. It may wait, and
    /// nothing is read from the engine meanwhile.
    virtual boost::asio::awaitable<void> take(std::string_view bytes) = 0;

    /// There is no reason to wait for more: the result is complete, or there is a fault.
    virtual bool settled() const noexcept = 0;

    /// Called when the payload was taken. Returns when the container may get more input. Is cancelled when
    /// the conversation ends.
    virtual boost::asio::awaitable<void> payload_taken() { co_return; }

    /// For how long after the deadline output is still read that a slow receiver held up.
    virtual std::chrono::milliseconds late_time() const noexcept { return {}; }

    /// Whether nothing has come of the container and nobody was told of it. Then another one may take its
    /// place.
    virtual bool is_untouched() const noexcept = 0;

    /// Whether the result is complete, so that the container is about to end by itself.
    virtual bool is_complete() const noexcept = 0;

    /// The result of the conversation, by the rules of failure_of(). Call it once, at the end.
    virtual run_result result(const conversation_result& talk,
                              const std::optional<docker::container_state>& state,
                              const verdict_limits& limits) = 0;
};

} // namespace docker_run
