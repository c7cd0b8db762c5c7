#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace docker_run {

/// The result of a coroutine: its value or its exception.
template <class T>
struct completion {
    std::optional<T> value;
    std::exception_ptr error;
};

/// Awaits `work` and stores its exception. Without this, operator|| would wait for the other side after an
/// exception.
template <class T>
boost::asio::awaitable<completion<T>> complete(boost::asio::awaitable<T> work) {
    completion<T> result;
    try {
        result.value = co_await std::move(work);
    } catch (...) {
        result.error = std::current_exception();
    }
    co_return result;
}

/// Runs `work` until it ends or `stop` returns. If `stop` returns first, the result is empty: `work` was
/// cancelled (terminal) and has ended. Throws the exception of `work`. Both run on the executor of the
/// caller.
template <class T>
boost::asio::awaitable<std::optional<T>> run_until(boost::asio::awaitable<T> work,
                                                   boost::asio::awaitable<void> stop) {
    using boost::asio::experimental::awaitable_operators::operator||;
    auto first = co_await (complete<T>(std::move(work)) || std::move(stop));
    if (first.index() == 1)
        co_return std::nullopt;
    completion<T>& result = std::get<0>(first);
    if (result.error)
        std::rethrow_exception(result.error);
    co_return std::move(result.value);
}

} // namespace docker_run
