#include "http/server.hpp"
#include "http/test_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <string>
#include <vector>

namespace docker_run::http {
namespace {

using test::job_request;
using test::received_response;
using test::simple_request;
using test::test_client;
using test::test_server;
using namespace std::chrono_literals;

TEST(server, tells_a_connection_beyond_the_cap_that_it_is_full) {
    server_settings settings;
    settings.max_connections = 2;
    test_server server(settings);
    test_client first = server.connect();
    test_client second = server.connect();
    EXPECT_EQ(first.ask(simple_request).status, 200U);
    EXPECT_EQ(second.ask(simple_request).status, 200U);

    test_client third = server.connect();
    const received_response answer = third.ask(simple_request);
    EXPECT_EQ(answer.status, 503U);
    EXPECT_EQ(error_of(answer), "server.overloaded");
    EXPECT_EQ(answer.fields.at("retry-after"), "1");
    EXPECT_TRUE(third.is_closed());
    EXPECT_EQ(first.ask(simple_request).status, 200U);
}

TEST(server, answers_a_vital_request_beyond_the_cap_and_closes) {
    server_settings settings;
    settings.max_connections = 1;
    test_server server(settings);
    test_client first = server.connect();
    EXPECT_EQ(first.ask(simple_request).status, 200U);

    test_client second = server.connect();
    EXPECT_EQ(second.ask("GET /vital HTTP/1.1\r\nHost: a\r\n\r\n").status, 200U);
    EXPECT_TRUE(second.is_closed());
}

const std::string known_probe = "GET / HTTP/1.1\r\nHost: a\r\nX-Access-Token: t\r\n\r\n";

TEST(server, serves_a_caller_with_a_token_beyond_the_cap_and_keeps_its_connection) {
    server_settings settings;
    settings.max_connections = 2;
    test_server server(settings);
    test_client first = server.connect();
    test_client second = server.connect();
    EXPECT_EQ(first.ask(simple_request).status, 200U);
    EXPECT_EQ(second.ask(simple_request).status, 200U);

    test_client known = server.connect();
    EXPECT_EQ(known.ask(known_probe).status, 200U);
    EXPECT_EQ(known.ask(simple_request).fields.at("connection"), "keep-alive");
}

TEST(server, lets_the_strangers_that_were_silent_longest_go_when_even_the_door_is_crowded) {
    server_settings settings;
    settings.max_connections = 2;
    test_server server(settings);
    test_client known = server.connect();
    EXPECT_EQ(known.ask(known_probe).status, 200U);
    std::vector<test_client> strangers;
    for (int i = 0; i < 1 + 64; ++i)
        strangers.push_back(server.connect());
    // Whoever is told something after all of them has been admitted after all of them.
    test_client newcomer = server.connect();
    EXPECT_EQ(newcomer.ask("GET /vital HTTP/1.1\r\nHost: a\r\n\r\n").status, 200U);
    EXPECT_EQ(strangers.front().receive_rest(), "");
    EXPECT_EQ(server.get().displaced_connections(), 1U);
    EXPECT_EQ(server.connect().ask(known_probe).status, 200U);
    EXPECT_EQ(known.ask(simple_request).status, 200U);
}

TEST(server, refuses_a_caller_with_a_token_only_where_others_with_one_hold_every_place) {
    server_settings settings;
    settings.max_connections = 1;
    test_server server(settings);
    test_client first = server.connect();
    EXPECT_EQ(first.ask(known_probe).status, 200U);
    test_client second = server.connect();
    EXPECT_EQ(second.ask(known_probe).status, 503U);
    EXPECT_TRUE(second.is_closed());
    EXPECT_EQ(first.ask(simple_request).status, 200U);
}

TEST(server, counts_no_connection_of_loopback_and_of_trusted_proxies_under_its_address) {
    server_settings settings;
    settings.max_connections_per_address = 1;
    test_server server(settings);
    std::vector<test_client> clients;
    for (int i = 0; i < 40; ++i) {
        clients.push_back(server.connect());
        EXPECT_EQ(clients.back().ask(simple_request).status, 200U);
    }
    EXPECT_EQ(clients.front().ask(simple_request).status, 200U);
}

TEST(server, takes_connections_again_when_others_have_ended) {
    server_settings settings;
    settings.max_connections = 1;
    test_server server(settings);
    EXPECT_EQ(server.connect().ask("GET / HTTP/1.0\r\n\r\n").status, 200U);
    const auto give_up = std::chrono::steady_clock::now() + 10s;
    unsigned status = 0;
    while (status != 200 && std::chrono::steady_clock::now() < give_up)
        status = server.connect().ask("GET / HTTP/1.0\r\n\r\n").status;
    EXPECT_EQ(status, 200U);
}

TEST(server, survives_a_storm_of_connections_that_say_nothing) {
    test_server server;
    for (int i = 0; i < 2000; ++i) {
        test_client client = server.connect();
        if (i % 2 == 0)
            client.reset();
    }
    EXPECT_EQ(server.ask(simple_request).status, 200U);
}

std::chrono::microseconds cpu_time() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

boost::asio::awaitable<response> answer_empty(exchange&) {
    co_return response();
}

service serving_nothing() {
    return {.handle = answer_empty,
            .is_vital = [](const request_head&) { return false; },
            .shows_token = [](const request_head&) { return false; },
            .on_response = [](const response_facts&) {}};
}

// A socket that is bound and does not listen: every accept on it fails at once, as when the descriptors have
// run out, but nobody else is short of them.
TEST(server, pauses_between_accepts_that_fail_and_recovers) {
    io_context_pool threads(1);
    boost::asio::ip::tcp::acceptor unlistening(threads.main(), boost::asio::ip::tcp::v4());
    unlistening.bind({boost::asio::ip::address_v4::loopback(), 0});
    const int descriptor = ::dup(unlistening.native_handle());
    const test::silent_logger silent;
    server failing(threads, server_settings(), serving_nothing(), silent);
    failing.adopt(unlistening.release());
    auto closed = co_spawn(threads.main(), failing.wait_until_closed(), boost::asio::use_future);
    const auto used_before = cpu_time();
    const test::running_threads running(threads);

    EXPECT_EQ(closed.wait_for(1s), std::future_status::timeout);
    EXPECT_LT(cpu_time() - used_before, 500ms);

    ::listen(descriptor, 16);
    ::close(descriptor);
    EXPECT_EQ(test_client(failing.endpoint()).ask(simple_request).status, 200U);
    failing.cancel_all();
    EXPECT_EQ(closed.wait_for(10s), std::future_status::ready);
}

TEST(server, names_address_and_port_that_it_cannot_have) {
    test_server other;
    io_context_pool threads(1);
    server_settings settings;
    settings.listen_address = "127.0.0.1";
    settings.listen_port = other.get().endpoint().port();
    const test::silent_logger silent;
    server second(threads, settings, serving_nothing(), silent);
    try {
        second.listen();
        FAIL() << "the port was free";
    } catch (const boost::system::system_error& error) {
        EXPECT_THAT(error.what(),
                    testing::HasSubstr("127.0.0.1 port " + std::to_string(settings.listen_port)));
    }
}

TEST(server, refuses_an_address_that_is_none) {
    io_context_pool threads(1);
    server_settings settings;
    settings.listen_address = "not an address";
    const test::silent_logger silent;
    server unlistening(threads, settings, serving_nothing(), silent);
    EXPECT_THROW(unlistening.listen(), boost::system::system_error);
}

TEST(server, shares_its_port_only_where_it_is_told_to) {
    io_context_pool threads(1);
    server_settings settings;
    settings.listen_address = "127.0.0.1";
    settings.reuse_port = true;
    const test::silent_logger silent;
    server first(threads, settings, serving_nothing(), silent);
    first.listen();
    settings.listen_port = first.endpoint().port();
    server second(threads, settings, serving_nothing(), silent);
    EXPECT_NO_THROW(second.listen());
}

TEST(server, accepts_on_a_socket_that_it_is_given) {
    io_context_pool threads(1);
    boost::asio::ip::tcp::acceptor listening(threads.main(), {boost::asio::ip::address_v4::loopback(), 0});
    const test::silent_logger silent;
    server adopted(threads, server_settings(), serving_nothing(), silent);
    adopted.adopt(listening.release());
    const test::running_threads running(threads);
    EXPECT_EQ(test_client(adopted.endpoint()).ask(simple_request).status, 200U);
    adopted.cancel_all();
}

} // namespace
} // namespace docker_run::http
