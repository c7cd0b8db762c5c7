#include "api/interactive_run.hpp"

#include "api/input_message.hpp"
#include "async/cancellation.hpp"
#include "async/pause.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <utility>
#include <variant>

namespace docker_run {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using http::close_code;

namespace {

close_code close_code_for(const run_result& result) {
    const auto* failure = std::get_if<run_failure>(&result);
    if (!failure)
        return close_code::normal;
    if (failure->error == run_error::stopped)
        return close_code::going_away;
    return failure->error == run_error::internal ? close_code::internal_error : close_code::policy_violation;
}

} // namespace

asio::awaitable<void> interactive_run::execute(run_call call, std::optional<window_size> window,
                                               admission_queue::place& place) {
    call.events = &events_;
    call.interactive = interactive_part{&input_, window};
    co_await (run(call, place) && send_events());
    if (is_cancelled_) { // and so are the events
        co_await asio::this_coro::reset_cancellation_state();
        finish(run_failure{run_error::stopped, "The daemon was told to stop at once"});
        co_await send_events();
    }
    co_await socket_.close(close_code_);
}

asio::awaitable<void> interactive_run::run(const run_call& call, admission_queue::place& place) {
    try {
        const auto outcome = co_await runs_.execute(call, place, until_interrupted());
        if (outcome)
            finish(outcome->result, outcome->timings);
        else
            events_.abandon();
    } catch (const std::exception& error) { // run_service has reported it
        is_cancelled_ = is_cancellation(error);
        if (!is_cancelled_)
            finish(run_failure{run_error::internal, "Internal error, see the log for this request id"});
    }
}

void interactive_run::finish(const run_result& result, const run_timings& timings) {
    close_code_ = close_code_for(result);
    events_.finish(run_event_encoder::ended(result, timings));
}

/// The end of the connection interrupts the run without a reason.
asio::awaitable<run_service::interruption> interactive_run::until_interrupted() {
    co_await (read_input() || socket_.wait_until_closed() || wait_for_stop());
    co_return std::move(interruption_);
}

/// Returns when the caller has sent what is no input, or sends nothing more.
asio::awaitable<void> interactive_run::read_input() {
    for (;;) {
        co_await input_.wait_for_room();
        const auto message = co_await socket_.receive(std::chrono::steady_clock::time_point::max());
        if (!message)
            co_return;
        auto parsed = parse_input_message(message->text());
        if (auto* fault = std::get_if<input_message_fault>(&parsed)) {
            interruption_ = run_failure{run_error::bad_message, std::move(fault->message)};
            co_return;
        }
        input_.push(std::get<std::string>(std::move(parsed)));
    }
}

asio::awaitable<void> interactive_run::wait_for_stop() {
    co_await request_.wait_until_draining();
    if (!request_.is_draining())
        co_return; // it was cancelled
    events_.closing(patience_.finish);
    co_await pause(patience_.finish);
    interruption_ =
        run_failure{run_error::stopped, "The daemon shuts down, and the program did not end within " +
                                            std::to_string(patience_.finish.count()) + " s"};
}

asio::awaitable<void> interactive_run::send_events() {
    try {
        co_await send_until_last();
    } catch (const boost::system::system_error& error) {
        if (!is_cancellation(error))
            events_.abandon(); // the caller has gone or takes nothing
    }
}

asio::awaitable<void> interactive_run::send_until_last() {
    for (bool is_last = false; !is_last;) {
        auto batch = co_await events_.next();
        is_last = batch.is_last;
        if (batch.events.empty() && !is_last)
            batch.events.push_back(run_event_encoder::alive());
        for (auto& event : batch.events)
            co_await socket_.send(std::move(event));
    }
}

} // namespace docker_run
