#include "http/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/socket.h>

#include <chrono>
#include <string>
#include <utility>

namespace docker_run::http {

namespace asio = boost::asio;
using boost::system::error_code;
using boost::system::system_error;
using namespace std::chrono_literals;

namespace {

// How many connections may be told to leave for others but not be closed yet. With more, new connections wait
// in the kernel's queue until the threads have closed these. No connection is refused.
constexpr std::size_t most_leaving = 64;
constexpr std::chrono::milliseconds crowd_pause = 1ms;
// How long accepting pauses when the process or the system has no free descriptor. Descriptors become free
// when runs end.
constexpr std::chrono::milliseconds shortage_pause = 100ms;

[[noreturn]] void fail_to_listen(const server_settings& settings, const error_code& error) {
    throw system_error(error, "Cannot listen on " + settings.listen_address + " port " +
                                  std::to_string(settings.listen_port));
}

using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

} // namespace

server::server(io_context_pool& threads, server_settings settings, service served, const logger& log)
    : threads_(threads),
      environment_(std::make_shared<session_environment>(std::move(settings), std::move(served), log)),
      acceptor_(threads.main()), pause_(threads.main()) {}

void server::listen() {
    const server_settings& settings = environment_->settings;
    error_code error;
    tcp::resolver resolver(threads_.main());
    const auto endpoints = resolver.resolve(settings.listen_address, std::to_string(settings.listen_port),
                                            tcp::resolver::passive, error);
    for (const auto& candidate : endpoints) {
        error = listen_on(candidate.endpoint());
        if (!error)
            break;
    }
    if (error)
        fail_to_listen(settings, error);
    begin_accepting();
}

error_code server::listen_on(const tcp::endpoint& endpoint) {
    error_code error;
    const auto attempt = [&](auto&& step) {
        if (!error)
            step();
    };
    attempt([&] { acceptor_.open(endpoint.protocol(), error); });
    attempt([&] { acceptor_.set_option(tcp::acceptor::reuse_address(true), error); });
    if (environment_->settings.reuse_port)
        attempt([&] { acceptor_.set_option(reuse_port(true), error); });
    attempt([&] { acceptor_.bind(endpoint, error); });
    attempt([&] { acceptor_.listen(tcp::acceptor::max_listen_connections, error); });
    if (error) {
        error_code ignored;
        acceptor_.close(ignored);
    }
    return error;
}

void server::adopt(int descriptor) {
    sockaddr address{};
    socklen_t size = sizeof address;
    if (::getsockname(descriptor, &address, &size) != 0)
        throw system_error(errno, boost::system::system_category(), "Cannot take over the listening socket");
    acceptor_.assign(address.sa_family == AF_INET6 ? tcp::v6() : tcp::v4(), descriptor);
    begin_accepting();
}

void server::begin_accepting() {
    acceptor_.non_blocking(true);
    endpoint_ = acceptor_.local_endpoint();
    asio::co_spawn(threads_.main(), accept_all(), asio::detached);
}

asio::awaitable<void> server::accept_all() {
    bool paused = false;
    while (!stopping_) {
        if (is_crowded()) {
            co_await pause(crowd_pause);
            continue;
        }
        error_code error;
        tcp::socket socket = co_await acceptor_.async_accept(
            threads_.next(), asio::redirect_error(asio::use_awaitable, error));
        if (!error) {
            paused = false;
            std::make_shared<session>(std::move(socket), environment_)->start();
        } else if (!stopping_ && error != asio::error::connection_aborted) {
            if (!std::exchange(paused, true))
                environment_->log.write(log_level::warning, "accept.paused", {{"reason", error.message()}});
            co_await pause(shortage_pause);
        }
    }
    accept_queued();
    error_code ignored;
    acceptor_.close(ignored);
    environment_->registry.close();
}

bool server::is_crowded() const {
    return connections() >=
           environment_->settings.max_connections + connection_quota::room_at_the_door + most_leaving;
}

asio::awaitable<void> server::pause(std::chrono::milliseconds time) {
    error_code ignored;
    pause_.expires_after(time);
    co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

// Closing a listening socket resets the connections in its queue. Their callers may already have sent their
// requests.
void server::accept_queued() {
    for (error_code error; !error;) {
        tcp::socket socket(threads_.next());
        acceptor_.accept(socket, error);
        if (!error && !is_crowded())
            std::make_shared<session>(std::move(socket), environment_)->start();
    }
}

void server::stop_accepting() {
    asio::dispatch(threads_.main(), [this] {
        if (std::exchange(stopping_, true))
            return;
        error_code ignored;
        acceptor_.cancel(ignored);
        pause_.cancel();
    });
}

void server::drain() {
    environment_->registry.enter(server_phase::draining);
}

void server::cancel_all() {
    stop_accepting();
    environment_->registry.enter(server_phase::aborting);
}

} // namespace docker_run::http
