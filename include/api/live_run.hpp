#pragma once

#include "admission/admission_queue.hpp"
#include "api/event_envelope.hpp"
#include "api/run_event_queue.hpp"
#include "http/exchange.hpp"
#include "run/run_call.hpp"
#include "run/run_outcome.hpp"
#include "service/run_service.hpp"

#include <boost/asio/awaitable.hpp>

#include <exception>
#include <optional>
#include <string>

namespace docker_run {

/// One run whose caller gets its events while it happens, as the pieces of an HTTP response. Runs on the
/// strand of the request.
class live_run {
  public:
    /// The arguments must outlive it. `as_bytes`: see run_event_encoder.
    live_run(run_service& runs, http::exchange& request, event_envelope envelope, bool as_bytes)
        : runs_(runs), request_(request), envelope_(envelope), queue_(as_bytes) {}

    /// Executes the run and sends its events. Returns the outcome of a run that has had no event: the
    /// response is then still to be sent. Otherwise returns nullopt when the response has been sent, or when
    /// the caller has gone. Call it once. Throws what run_service::execute() throws; the caller then has got
    /// an event about it if the response had begun.
    boost::asio::awaitable<std::optional<run_outcome>> execute(const run_call& call,
                                                               admission_queue::place& place);

  private:
    boost::asio::awaitable<void> run(const run_call& call, admission_queue::place& place);
    boost::asio::awaitable<void> until_caller_gone();
    void conclude(std::optional<run_outcome> outcome);
    boost::asio::awaitable<void> send_events();
    boost::asio::awaitable<void> send_until_last();
    boost::asio::awaitable<void> send_stop();
    bool may_send() const;

    run_service& runs_;
    http::exchange& request_;
    event_envelope envelope_;
    run_event_queue queue_;
    std::optional<run_outcome> unsent_;
    std::exception_ptr failure_; ///< of the run
};

} // namespace docker_run
