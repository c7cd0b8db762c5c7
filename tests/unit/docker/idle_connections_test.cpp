#include "docker/engine.hpp"
#include "docker/idle_connections.hpp"
#include "docker/test_engine.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <string>

namespace docker_run::docker {
namespace {

namespace asio = boost::asio;
using test::verb;

constexpr auto state_json = R"({"State":{"Status":"running"}})";

/// A client whose calls follow each other, and the engine that it calls.
class kept_connections : public testing::Test {
  protected:
    kept_connections() {
        engine_.set_response(verb::get, "/containers/a/json", {200, state_json});
        engine_.set_response(verb::post, "/containers/a/start", {204});
        inspect();
    }

    void inspect() { test::result_of(context_, client_.inspect("a")); }
    void start() {
        auto ended = asio::co_spawn(context_, client_.start("a"), asio::use_future);
        const auto is_ready = [&] {
            return ended.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
        };
        ASSERT_TRUE(test::run_handlers_until(context_, is_ready));
        ended.get();
    }

    asio::io_context context_{1};
    test::test_engine engine_;
    engine client_{engine_.settings()};
};

TEST_F(kept_connections, serve_the_calls_that_follow) {
    inspect();
    start();
    EXPECT_EQ(engine_.connections(), 1U);
}

TEST_F(kept_connections, are_not_shared_by_calls_at_the_same_time) {
    engine_.hold(verb::get, "/containers/a/json");
    auto first = asio::co_spawn(context_, client_.inspect("a"), asio::use_future);
    ASSERT_TRUE(test::run_handlers_until(context_, [&] { return engine_.held() == 1; }));
    start();
    EXPECT_EQ(engine_.connections(), 2U);
    engine_.release();
    test::result_of(context_, std::move(first));
}

TEST_F(kept_connections, are_replaced_once_the_engine_has_closed_them) {
    engine_.close_after_responses();
    for (int calls = 0; calls < 4; ++calls) // the first one on the connection that was kept
        inspect();
    EXPECT_EQ(engine_.requests(verb::get, "/containers/a/json"), 5U);
    EXPECT_GE(engine_.connections(), 4U); // the engine may already have closed the first one
}

TEST_F(kept_connections, send_a_query_again_that_the_engine_did_not_answer) {
    engine_.set_responder(verb::get, "/containers/a/json", [](const test::engine_request& asked) {
        return test::engine_response{asked.number == 2 ? 0U : 200U, state_json};
    });
    inspect();
    EXPECT_EQ(engine_.requests(verb::get, "/containers/a/json"), 3U);
}

TEST_F(kept_connections, never_send_a_request_twice_that_may_have_been_carried_out) {
    engine_.set_response(verb::post, "/containers/a/start", {0});
    EXPECT_THROW(start(), engine_error);
    EXPECT_EQ(engine_.requests(verb::post, "/containers/a/start"), 1U);
}

} // namespace
} // namespace docker_run::docker
