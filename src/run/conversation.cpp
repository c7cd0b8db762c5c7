#include "run/conversation.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

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

/// Returns only by cancellation: the reading side decides when the conversation is over. A write that this
/// cuts off has not failed.
asio::awaitable<void> give(docker::attachment& stream, std::string_view payload,
                           conversation_result& result) {
    error_code error;
    co_await stream.write(payload, error);
    if (!error)
        stream.close_stdin(error);
    result.payload_taken = !error;
    if (error && error != asio::error::operation_aborted)
        result.failure = error.message();
    asio::steady_timer until_cancelled(co_await asio::this_coro::executor, clock::time_point::max());
    co_await until_cancelled.async_wait(asio::use_awaitable);
}

asio::awaitable<void> receive(docker::attachment& stream, run_output& output, clock::time_point deadline,
                              conversation_result& result) {
    while (!output.settled()) {
        error_code error;
        const auto bytes = co_await stream.read(error);
        if (!error && clock::now() >= deadline)
            error = asio::error::timed_out; // output without an end arrives at every moment
        if (!error) {
            output.feed(bytes);
            continue;
        }
        result.end = end_for(error);
        if (result.end == conversation_end::broken || result.failure.empty())
            result.failure = error.message();
        co_return;
    }
    result.end = conversation_end::settled;
    for (int reads = 0; reads < max_late_reads; ++reads) {
        const auto bytes = stream.read_available();
        if (bytes.empty())
            co_return;
        output.feed(bytes);
    }
}

} // namespace

/// Both directions at the same time: a container that prints before it reads would otherwise wait for ever,
/// and so would the daemon.
asio::awaitable<conversation_result> converse(docker::attachment& stream, std::string_view payload,
                                              run_output& output, clock::time_point deadline) {
    using namespace asio::experimental::awaitable_operators;
    conversation_result result;
    stream.expires_at(deadline);
    co_await (receive(stream, output, deadline, result) || give(stream, payload, result));
    co_return result;
}

} // namespace docker_run
