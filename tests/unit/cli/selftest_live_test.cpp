#include "cli/selftest_live.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace docker_run {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

const finding ended_well{"ok", {}};

class selftest_live_test : public testing::Test {
  protected:
    void print(const std::string& text) {
        asio::co_spawn(context_,
                       caller_.printed(output_channel::standard_output, text, clock::time_point::max()),
                       asio::detached);
        context_.run();
        context_.restart();
    }

    const std::vector<live_probe> probes_ = live_probes(true);
    asio::io_context context_;
    probe_caller caller_{probes_.front()};
};

TEST_F(selftest_live_test, holds_if_output_comes_before_the_end) {
    caller_.started({}, true);
    print("first\n");
    print("last\n");
    EXPECT_TRUE(caller_.assess(ended_well, clock::now() + 1s).held);
}

TEST_F(selftest_live_test, sees_output_that_comes_at_the_end) {
    caller_.started({}, true);
    print("first\nlast\n");
    EXPECT_FALSE(caller_.assess(ended_well, clock::now()).held);
}

TEST_F(selftest_live_test, sees_output_that_is_lost_or_added) {
    caller_.started({}, true);
    EXPECT_FALSE(caller_.assess(ended_well, clock::now() + 1s).held);
    print("first\nlast\n");
    print("more");
    EXPECT_FALSE(caller_.assess(ended_well, clock::now() + 1s).held);
}

TEST_F(selftest_live_test, sees_a_program_that_fails) {
    caller_.started({}, true);
    print("first\nlast\n");
    EXPECT_FALSE(caller_.assess({"exit", "Exit code: 1"}, clock::now() + 1s).held);
}

TEST_F(selftest_live_test, says_that_an_image_without_live_output_was_not_tried) {
    caller_.started({}, false);
    const auto verdict = caller_.assess(ended_well, clock::now());
    EXPECT_TRUE(verdict.held);
    EXPECT_EQ(verdict.remark.substr(0, 4), probe::remark);
}

TEST(probe_caller, types_once_its_program_has_printed_and_then_nothing_more) {
    const auto probes = live_probes(true);
    probe_caller caller(probes.back());
    asio::io_context context;
    std::vector<std::string> typed;
    const auto type = [&caller, &typed]() -> asio::awaitable<void> {
        typed.push_back(co_await caller.next());
        typed.push_back(co_await caller.next());
    };
    asio::co_spawn(context, type, asio::detached);
    context.poll();
    EXPECT_TRUE(typed.empty());
    asio::co_spawn(context,
                   caller.printed(output_channel::standard_output, "ready", clock::time_point::max()),
                   asio::detached);
    context.run();
    EXPECT_EQ(typed, (std::vector<std::string>{input_frames("word\n"), ""}));
}

TEST(live_probes, get_input_only_where_interactive_runs_are_offered) {
    EXPECT_EQ(live_probes(false).size(), 1U);
    run_call call;
    const auto probes = live_probes(true);
    ASSERT_EQ(probes.size(), 3U);
    probe_caller(probes[0]).take_part(call);
    EXPECT_FALSE(call.interactive);
    probe_caller(probes[1]).take_part(call);
    EXPECT_FALSE(call.interactive->window);
    probe_caller(probes[2]).take_part(call);
    EXPECT_TRUE(call.interactive->window);
}

} // namespace
} // namespace docker_run
