#pragma once

#include "async/io_context_pool.hpp"
#include "async/run_until.hpp"
#include "http/server.hpp"
#include "http/test_client.hpp"
#include "log/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/concurrent_channel.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/null_sink.h>

#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace docker_run::http::test {

/// A request for the work of answer_by_path().
inline const std::string job_request = "POST /job HTTP/1.1\r\nHost: a\r\n\r\n";

/// A request with more header fields, each with its CRLF.
inline std::string get(std::string_view path, std::string_view fields = "") {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

/// The code in the body of an error.
inline std::string error_of(const received_response& answer) {
    return nlohmann::json::parse(answer.body).at("error").get<std::string>();
}

/// Something that a handler does and a test decides about: it tells that it has begun, waits for finish(),
/// and tells whether it ended so or was cancelled. Thread-safe, for one job.
class slow_job {
  public:
    explicit slow_job(const boost::asio::any_io_executor& executor) : gate_(executor, 1) {}

    boost::asio::awaitable<std::string> work() {
        begun_.set_value();
        try {
            co_await gate_.async_receive(boost::asio::use_awaitable);
        } catch (const boost::system::system_error&) {
            cancelled_.set_value(true);
            throw;
        }
        cancelled_.set_value(false);
        co_return R"({"done":true})";
    }

    void finish() { gate_.try_send(boost::system::error_code()); }
    void wait_until_begun() { require(begun_.get_future()); }
    /// Waits for the end of the work.
    bool was_cancelled() { return require(cancelled_.get_future()); }

  private:
    template <class T>
    static T require(std::future<T> event) {
        if (event.wait_for(std::chrono::seconds(10)) != std::future_status::ready)
            throw std::runtime_error("the job did not come so far within ten seconds");
        return event.get();
    }

    boost::asio::experimental::concurrent_channel<void(boost::system::error_code)> gate_;
    std::promise<void> begun_;
    std::promise<bool> cancelled_;
};

/// Answers as the path says; `/job` and `/unwatched-job` do `job`, with and without an eye on the caller.
inline boost::asio::awaitable<response> answer_by_path(exchange& call, slow_job& job) {
    const std::string& path = call.head().path;
    response answer;
    if (path == "/body") {
        nlohmann::json body = nlohmann::json::object();
        body["body"] = co_await call.read_body(16);
        body["token"] = std::string(call.head().fields["X-Access-Token"]);
        answer.body = body.dump();
    } else if (path == "/unread") {
        answer = error_response(401, "access_token", "Missing or wrong access token");
    } else if (path == "/refuse") {
        throw request_error(418, "teapot", "I am a teapot");
    } else if (path == "/throw") {
        throw std::runtime_error("secret");
    } else if (path == "/close") {
        answer.close = true;
    } else if (path == "/large") {
        answer.body = std::string(64U << 20U, ' ');
    } else if (path == "/pieces" || path == "/cut") {
        co_await call.stream().begin(std::move(answer));
        for (const std::string_view piece : {"one ", "", "two"})
            co_await call.stream().send(piece);
        if (path == "/cut")
            throw std::runtime_error("after a part of the body");
        co_await call.stream().end();
    } else if (path == "/first-and-last") {
        answer.body = "first ";
        co_await call.stream().begin(std::move(answer));
        co_await call.stream().end("last");
    } else if (path == "/huge" || path == "/hurried") {
        const std::string piece(64U << 20U, ' ');
        co_await call.stream().begin(std::move(answer));
        if (path == "/hurried")
            call.stream().hurry(std::chrono::milliseconds(100));
        co_await call.stream().send(piece);
    } else if (path == "/endless") {
        co_await call.stream().begin(std::move(answer));
        for (const std::string piece(1U << 20U, ' ');;)
            co_await call.stream().send(piece);
    } else if (path == "/job") {
        answer.body = (co_await run_until(job.work(), call.wait_until_caller_gone())).value_or("");
    } else if (path == "/unwatched-job") {
        answer.body = co_await job.work();
    } else {
        nlohmann::json body = nlohmann::json::object();
        body["method"] = call.head().method;
        body["path"] = path;
        answer.body = body.dump();
    }
    co_return answer;
}

/// Takes every event and writes none.
struct silent_logger : logger {
    silent_logger() : logger(log_settings{}, std::make_shared<spdlog::sinks::null_sink_mt>()) {}
};

/// Runs the threads until it is destroyed; they must have nothing left to do for each other by then.
class running_threads {
  public:
    explicit running_threads(io_context_pool& threads)
        : threads_(threads), runner_([&threads] { threads.run(); }) {}
    running_threads(const running_threads&) = delete;
    running_threads& operator=(const running_threads&) = delete;
    ~running_threads() {
        boost::asio::post(threads_.main(), [this] { threads_.release(); });
    }

  private:
    io_context_pool& threads_;
    std::jthread runner_;
};

/// A server on a free port of 127.0.0.1, run by two threads until it is stopped or destroyed.
class test_server {
    io_context_pool threads_{2}; // before the job, which needs them
    const silent_logger log_;

  public:
    using job_handler = std::function<boost::asio::awaitable<response>(exchange&, slow_job&)>;

    explicit test_server(server_settings settings = {}, job_handler answer = answer_by_path)
        : server_(threads_, on_loopback(std::move(settings)),
                  {.handle = [this, answer = std::move(answer)](exchange& call) { return answer(call, job); },
                   .is_vital = [](const request_head& head) { return head.path == "/vital"; },
                   .shows_token =
                       [](const request_head& head) { return head.fields.count("X-Access-Token") > 0; },
                   .on_response = [](const response_facts&) {}},
                  log_) {
        server_.listen();
        closed_ =
            boost::asio::co_spawn(threads_.main(), server_.wait_until_closed(), boost::asio::use_future);
        running_.emplace(threads_);
    }
    test_server(const test_server&) = delete;
    test_server& operator=(const test_server&) = delete;
    ~test_server() {
        server_.cancel_all();
        closed_.wait();
    }

    server& get() { return server_; }
    test_client connect() { return test_client(server_.endpoint()); }
    received_response ask(std::string_view request) { return connect().ask(request); }

    /// Whether accepting ends and the last session goes within `time`.
    bool closes_within(std::chrono::seconds time) {
        return closed_.wait_for(time) == std::future_status::ready;
    }

    slow_job job{threads_.main()};

  private:
    static server_settings on_loopback(server_settings settings) {
        settings.listen_address = "127.0.0.1";
        settings.listen_port = 0;
        return settings;
    }

    server server_;
    std::future<void> closed_;
    std::optional<running_threads> running_;
};

} // namespace docker_run::http::test
