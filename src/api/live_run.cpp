#include "api/live_run.hpp"

#include "async/cancellation.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <utility>
#include <variant>

namespace docker_run {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

namespace {

/// How long the last event may take while the server stops. The connection must end within two seconds.
constexpr std::chrono::milliseconds stop_event_time = 500ms;

http::response head_of(event_envelope envelope) {
    http::response head;
    head.content_type = media_type_of(envelope);
    head.fields.emplace_back("Cache-Control", "no-store");
    head.fields.emplace_back("X-Accel-Buffering", "no"); // for nginx
    return head;
}

bool is_cancelled(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return is_cancellation(error);
    }
}

} // namespace

asio::awaitable<std::optional<run_outcome>> live_run::execute(const run_call& call,
                                                              admission_queue::place& place) {
    run_call live = call;
    live.events = &queue_;
    co_await (run(live, place) && send_events());
    if (failure_ && is_cancelled(failure_)) {
        co_await asio::this_coro::reset_cancellation_state();
        co_await send_stop();
    }
    if (failure_)
        std::rethrow_exception(failure_);
    co_return std::move(unsent_);
}

asio::awaitable<void> live_run::run(const run_call& call, admission_queue::place& place) {
    try {
        auto outcome = co_await runs_.execute(call, place, until_caller_gone());
        conclude(std::move(outcome));
    } catch (const std::exception& error) {
        failure_ = std::current_exception();
        if (is_cancellation(error))
            co_return; // so are the events, see send_stop()
        if (queue_.has_started())
            queue_.finish(run_event_encoder::failed(500, "internal",
                                                    "Internal error, see the log for this "
                                                    "request id"));
        else
            queue_.abandon();
    }
}

/// A caller that takes nothing has gone, too.
asio::awaitable<void> live_run::until_caller_gone() {
    co_await (request_.wait_until_caller_gone() || queue_.wait_until_abandoned());
}

void live_run::conclude(std::optional<run_outcome> outcome) {
    if (outcome && queue_.has_started())
        return queue_.finish(run_event_encoder::ended(outcome->result, outcome->timings));
    unsent_ = std::move(outcome);
    queue_.abandon();
}

asio::awaitable<void> live_run::send_events() {
    try {
        co_await send_until_last();
    } catch (const boost::system::system_error& error) {
        if (!is_cancellation(error))
            queue_.abandon();
    }
}

asio::awaitable<void> live_run::send_until_last() {
    auto& stream = request_.stream();
    for (bool is_last = false; !is_last;) {
        auto batch = co_await queue_.next();
        is_last = batch.is_last;
        auto piece = wrap(envelope_, std::move(batch));
        if (piece.empty())
            co_return;
        if (!stream.has_begun()) {
            auto head = head_of(envelope_);
            head.body = std::exchange(piece, {});
            co_await stream.begin(std::move(head));
        }
        if (is_last)
            co_await stream.end(piece);
        else
            co_await stream.send(piece);
    }
}

/// The server stops at once and has cancelled both sides.
asio::awaitable<void> live_run::send_stop() {
    if (!may_send())
        co_return;
    request_.stream().hurry(stop_event_time);
    queue_.finish(run_event_encoder::failed(500, "server.stopped", "The daemon was told to stop at once"));
    co_await send_events();
}

bool live_run::may_send() const {
    const auto& stream = request_.stream();
    return stream.has_begun() && !stream.has_ended() && !stream.has_failed();
}

} // namespace docker_run
