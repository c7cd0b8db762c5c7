#include "run/conversation.hpp"

#include "async/run_until.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <exception>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using boost::system::error_code;
using clock = std::chrono::steady_clock;

namespace {

constexpr int max_late_reads = 32; ///< a program that never stops printing is not read for ever

/// What the end of the stream means. Podman resets the connection of a container that ended with unread
/// stdin.
conversation_end end_for(const error_code& error) {
    if (error == asio::error::timed_out)
        return conversation_end::deadline;
    const bool over = error == asio::error::eof || error == asio::error::connection_reset;
    return over ? conversation_end::end_of_stream : conversation_end::broken;
}

/// The time until which the stream is read: the deadline, and once that has passed without a pause in the
/// output, the late time of the output.
class reading_time {
  public:
    reading_time(docker::attachment& stream, clock::time_point deadline, clock::duration late_time)
        : stream_(stream), end_(deadline), late_time_(late_time) {
        stream_.expires_at(end_);
    }

    bool is_over() {
        if (clock::now() >= end_ && late_time_.count() > 0) {
            end_ += std::exchange(late_time_, clock::duration::zero());
            stream_.expires_at(end_);
        }
        return clock::now() >= end_;
    }

  private:
    docker::attachment& stream_;
    clock::time_point end_;
    clock::duration late_time_;
};

/// Passes on what the caller sends, until it sends nothing more.
asio::awaitable<void> give_more(docker::attachment& stream, run_input& more, error_code& error) {
    while (!error) {
        const auto frames = co_await more.next();
        if (frames.empty()) {
            stream.close_stdin(error);
            co_return;
        }
        const std::array<std::string_view, 2> parts{frames, {}};
        co_await stream.write(parts, error);
    }
}

/// Ends only by an exception, as the cancellation is: the reading side decides when the conversation is over.
/// A write that this cuts off has not failed.
asio::awaitable<bool> give(docker::attachment& stream, const container_input& input, container_output& output,
                           conversation_result& result) {
    error_code error;
    const std::array parts{input.head, input.payload};
    co_await stream.write(parts, error);
    if (!error && !input.more)
        stream.close_stdin(error);
    result.payload_taken = !error;
    if (result.payload_taken)
        co_await output.payload_taken();
    if (result.payload_taken && input.more)
        co_await give_more(stream, *input.more, error);
    if (error && error != asio::error::operation_aborted)
        result.failure = error.message();
    asio::steady_timer until_cancelled(co_await asio::this_coro::executor, clock::time_point::max());
    co_await until_cancelled.async_wait(asio::use_awaitable);
    co_return true;
}

asio::awaitable<conversation_end> receive(docker::attachment& stream, container_output& output,
                                          reading_time& time, conversation_result& result) {
    while (!output.settled()) {
        error_code error;
        const auto bytes = co_await stream.read(error);
        if (!error && time.is_over())
            error = asio::error::timed_out; // output without an end arrives at every moment
        if (error) {
            const auto end = end_for(error);
            if (end == conversation_end::broken || result.failure.empty())
                result.failure = error.message();
            co_return end;
        }
        co_await output.take(bytes);
        time.is_over(); // a slow receiver may have taken long
    }
    for (int reads = 0; reads < max_late_reads; ++reads) {
        const auto bytes = stream.read_available();
        if (bytes.empty())
            break;
        co_await output.take(bytes);
    }
    co_return conversation_end::settled;
}

} // namespace

/// Both directions at the same time: a container that prints before it reads would otherwise wait for ever,
/// and so would the daemon.
asio::awaitable<conversation_result> converse(docker::attachment& stream, const container_input& input,
                                              container_output& output, clock::time_point deadline) {
    using asio::experimental::awaitable_operators::operator||;
    conversation_result result;
    reading_time time(stream, deadline, output.late_time());
    const auto first = co_await (complete(receive(stream, output, time, result)) ||
                                 complete(give(stream, input, output, result)));
    const auto& error = first.index() == 0 ? std::get<0>(first).error : std::get<1>(first).error;
    if (error)
        std::rethrow_exception(error);
    result.end = *std::get<0>(first).value;
    co_return result;
}

} // namespace docker_run
