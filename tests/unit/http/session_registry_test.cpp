#include "http/session_registry.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <future>

namespace docker_run::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

TEST(session_registry, tells_everybody_who_asks_that_it_is_empty) {
    asio::io_context context;
    session_registry registry({});
    registry.close();
    // The first who waits may be cancelled in the turn in which it is told, and asks again.
    for (int turn = 0; turn < 2; ++turn) {
        context.restart();
        const auto told = asio::co_spawn(context, registry.wait_until_empty(), asio::use_future);
        context.run_for(1s);
        EXPECT_EQ(told.wait_for(0s), std::future_status::ready);
    }
}

} // namespace
} // namespace docker_run::http
