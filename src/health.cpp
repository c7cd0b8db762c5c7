#include "health.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <chrono>
#include <exception>
#include <ostream>
#include <string>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 3s;

// Who listens on every address listens on the loopback one, and nobody can connect to "every".
std::string reachable(const std::string& address) {
    if (address == "0.0.0.0")
        return "127.0.0.1";
    return address == "::" ? "::1" : address;
}

using answer = beast::http::response<beast::http::string_body>;

asio::awaitable<answer> ask(tcp::resolver::results_type candidates, std::string host) {
    beast::tcp_stream stream(co_await asio::this_coro::executor);
    stream.expires_after(patience);
    co_await stream.async_connect(candidates, asio::use_awaitable);
    beast::http::request<beast::http::empty_body> request(beast::http::verb::get, "/readyz", 11);
    request.set(beast::http::field::host, host);
    request.set(beast::http::field::connection, "close");
    co_await beast::http::async_write(stream, request, asio::use_awaitable);
    beast::flat_buffer buffer;
    answer received;
    co_await beast::http::async_read(stream, buffer, received, asio::use_awaitable);
    co_return received;
}

} // namespace

int report_health(const server_settings& settings, std::ostream& out, std::ostream& errors) {
    const auto host = reachable(settings.listen_address);
    asio::io_context context;
    answer received;
    std::exception_ptr failure;
    try {
        auto candidates = tcp::resolver(context).resolve(host, std::to_string(settings.listen_port));
        asio::co_spawn(context, ask(std::move(candidates), host),
                       [&](std::exception_ptr thrown, answer came) {
                           failure = std::move(thrown);
                           received = std::move(came);
                       });
        context.run();
        if (failure)
            std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        errors << "docker-run: " << host << " port " << settings.listen_port << ": " << error.what() << '\n';
        return 1;
    }
    out << received.body();
    return received.result() == beast::http::status::ok ? 0 : 1;
}

} // namespace docker_run
