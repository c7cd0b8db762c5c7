#pragma once

#include "async/mutex.hpp"
#include "docker/engine_settings.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace docker_run::docker::test {

using boost::beast::http::verb;

inline constexpr std::chrono::seconds patience{10}; ///< the longest wait of a test for anything

/// Runs the handlers of `context` until `condition` holds. Returns false if it does not hold in time.
template <class Condition>
bool run_handlers_until(boost::asio::io_context& context, Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    const auto work = boost::asio::make_work_guard(context);
    context.restart();
    while (!condition() && std::chrono::steady_clock::now() < deadline)
        context.run_one_for(std::chrono::milliseconds(10));
    return condition();
}

/// Runs the handlers of `context` until the work that `result` belongs to has ended. Throws what it throws.
template <class T>
T result_of(boost::asio::io_context& context, std::future<T> result) {
    const auto is_ready = [&result] {
        return result.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    };
    if (!run_handlers_until(context, is_ready))
        throw std::runtime_error("the coroutine has not ended in time");
    return result.get();
}

template <class T>
T result_of(boost::asio::io_context& context, boost::asio::awaitable<T> work) {
    return result_of(context, boost::asio::co_spawn(context, std::move(work), boost::asio::use_future));
}

/// A directory below that of the system for temporary files. The destructor removes it.
class temporary_directory {
  public:
    temporary_directory() : path_((std::filesystem::temp_directory_path() / "docker-run-XXXXXX").string()) {
        if (!::mkdtemp(path_.data()))
            throw std::system_error(errno, std::generic_category(), "mkdtemp");
    }
    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;
    ~temporary_directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

/// A request to the engine. Its path has neither the version of the API nor a query.
struct engine_request {
    verb method = verb::get;
    std::string path;
    std::size_t number = 0; ///< 1 for the first request with this method and path
};

struct engine_response {
    unsigned status = 200; ///< 0: the engine closes the connection instead
    std::string body = {};
};

/// A scripted engine: an HTTP server on a unix socket, with a thread of its own. It answers /_ping like
/// Docker 20.10, and every request that a test has set no response for with 404. A response with the status
/// 101 turns its connection into a stream that stays open, as an attach does. Thread-safe.
class test_engine {
  public:
    using responder = std::function<engine_response(const engine_request&)>;

    test_engine() {
        boost::asio::co_spawn(context_, accept(), boost::asio::detached);
        thread_ = std::jthread([this] { context_.run(); }); // after it has work, or it would end at once
    }
    test_engine(const test_engine&) = delete;
    test_engine& operator=(const test_engine&) = delete;
    ~test_engine() { context_.stop(); }

    engine_settings settings() const { return {socket_path_, patience, patience}; }

    /// Sets the response to later requests. `respond` runs on the thread of the engine when one arrives.
    void set_responder(verb method, const std::string& path, responder respond) {
        const mutex_lock lock(mutex_);
        scripts_[{method, path}].respond = std::move(respond);
    }
    void set_response(verb method, const std::string& path, engine_response response) {
        set_responder(method, path, [set = std::move(response)](const engine_request&) { return set; });
    }

    /// Holds the responses to later requests until release(), but at most for a minute since construction.
    void hold(verb method, const std::string& path) {
        const mutex_lock lock(mutex_);
        scripts_[{method, path}].held = true;
    }
    /// Sends the responses that are held, and holds no later ones.
    void release() {
        const mutex_lock lock(mutex_);
        for (auto& [key, entry] : scripts_)
            entry.held = false;
        boost::asio::post(context_, [this] { gate_.cancel(); });
    }
    /// How many responses are held now.
    std::size_t held() const { return held_; }

    /// How many connections were opened.
    std::size_t connections() const { return connections_; }

    /// Closes every connection after its next response, without announcing it.
    void close_after_responses() { closes_ = true; }

    /// How many of these requests have arrived.
    std::size_t requests(verb method, const std::string& path) const {
        const mutex_lock lock(mutex_);
        const auto position = scripts_.find({method, path});
        return position == scripts_.end() ? 0 : position->second.requests;
    }

  private:
    using protocol = boost::asio::local::stream_protocol;
    using http_request = boost::beast::http::request<boost::beast::http::string_body>;
    using http_response = boost::beast::http::response<boost::beast::http::string_body>;

    static constexpr unsigned no_response = 599;

    struct script_entry {
        responder respond;
        std::size_t requests = 0;
        bool held = false;
    };

    boost::asio::awaitable<void> accept() {
        for (;;) {
            auto client = co_await acceptor_.async_accept(boost::asio::use_awaitable);
            ++connections_;
            boost::asio::co_spawn(context_, serve(std::move(client)), boost::asio::detached);
        }
    }

    boost::asio::awaitable<void> serve(protocol::socket client) {
        boost::beast::flat_buffer buffer;
        bool goes_on = true;
        while (goes_on)
            goes_on = co_await serve_one(client, buffer);
    }

    /// Returns whether the connection stays open for another request.
    boost::asio::awaitable<bool> serve_one(protocol::socket& client, boost::beast::flat_buffer& buffer) {
        http_request received;
        boost::system::error_code closed;
        co_await boost::beast::http::async_read(
            client, buffer, received, boost::asio::redirect_error(boost::asio::use_awaitable, closed));
        if (closed)
            co_return false;
        auto [answer, is_held] = answer_to(received);
        if (is_held) {
            ++held_;
            boost::system::error_code ignored;
            co_await gate_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
            --held_;
        }
        if (answer.result_int() == no_response)
            co_return false;
        co_await boost::beast::http::async_write(client, answer, boost::asio::use_awaitable);
        if (answer.result() != boost::beast::http::status::switching_protocols)
            co_return !closes_;
        // an attached container that prints nothing
        co_await client.async_wait(protocol::socket::wait_error,
                                   boost::asio::redirect_error(boost::asio::use_awaitable, closed));
        co_return false;
    }

    /// Also returns whether the response has to be held.
    std::pair<http_response, bool> answer_to(const http_request& received) {
        engine_request asked{received.method(), path_of(std::string(received.target()))};
        const mutex_lock lock(mutex_);
        auto& entry = scripts_[{asked.method, asked.path}];
        asked.number = ++entry.requests;
        engine_response content{404, R"({"message":"page not found"})"};
        if (entry.respond)
            content = entry.respond(asked);
        else if (asked.path == "/_ping")
            content = {200, "OK"};
        http_response answer;
        answer.result(content.status == 0 ? no_response : content.status);
        answer.set("Api-Version", "1.41");
        if (content.status == 101) {
            answer.set(boost::beast::http::field::connection, "Upgrade");
            answer.set(boost::beast::http::field::upgrade, "tcp");
            return {std::move(answer), entry.held};
        }
        answer.body() = std::move(content.body);
        answer.prepare_payload();
        return {std::move(answer), entry.held};
    }

    /// "/v1.41/containers/a?force=1" → "/containers/a".
    static std::string path_of(std::string target) {
        target.erase(std::min(target.find('?'), target.size()));
        return target.starts_with("/v1.") ? target.substr(target.find('/', 1)) : target;
    }

    const temporary_directory directory_;
    const std::string socket_path_ = directory_.path() + "/engine.sock";
    mutable mutex mutex_;
    std::map<std::pair<verb, std::string>, script_entry> scripts_ GUARDED_BY(mutex_);
    std::atomic<std::size_t> held_ = 0;
    std::atomic<std::size_t> connections_ = 0;
    std::atomic<bool> closes_ = false;
    boost::asio::io_context context_{1};
    protocol::acceptor acceptor_{context_, protocol::endpoint(socket_path_)};
    boost::asio::steady_timer gate_{context_, std::chrono::minutes(1)}; ///< used on the thread only
    std::jthread thread_;
};

} // namespace docker_run::docker::test
