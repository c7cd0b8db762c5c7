#pragma once

#include "admission/admission_queue.hpp"
#include "api/input_queue.hpp"
#include "api/interactive_patience.hpp"
#include "api/run_event_queue.hpp"
#include "api/run_request.hpp"
#include "http/exchange.hpp"
#include "http/websocket.hpp"
#include "run/run_call.hpp"
#include "run/run_outcome.hpp"
#include "service/run_service.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace docker_run {

/// One interactive run after its caller has sent the request: the caller sends input for the program over a
/// WebSocket, and gets the events of the run. Runs on the strand of the WebSocket.
class interactive_run {
  public:
    /// The arguments must outlive it. `as_bytes`: see run_event_encoder.
    interactive_run(run_service& runs, http::exchange& request, http::websocket& socket,
                    const interactive_patience& patience, bool as_bytes)
        : runs_(runs), request_(request), socket_(socket), patience_(patience), events_(as_bytes) {}

    /// Executes the run and closes the WebSocket. Call it once. `call`: without events and input.
    boost::asio::awaitable<void> execute(run_call call, std::optional<window_size> window,
                                         admission_queue::place& place);

  private:
    boost::asio::awaitable<void> run(const run_call& call, admission_queue::place& place);
    boost::asio::awaitable<run_service::interruption> until_interrupted();
    boost::asio::awaitable<void> read_input();
    boost::asio::awaitable<void> wait_for_stop();
    boost::asio::awaitable<void> send_events();
    boost::asio::awaitable<void> send_until_last();
    void finish(const run_result& result, const run_timings& timings = {});

    run_service& runs_;
    http::exchange& request_;
    http::websocket& socket_;
    interactive_patience patience_;
    run_event_queue events_;
    input_queue input_;
    run_service::interruption interruption_;
    http::close_code close_code_ = http::close_code::internal_error;
    bool is_cancelled_ = false;
};

} // namespace docker_run
