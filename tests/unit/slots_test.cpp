#include "slots.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace docker_run {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

/// Two workers and a line of one.
class two_slots : public testing::Test {
  protected:
    asio::awaitable<void> wait(std::shared_ptr<slots::place> place, clock::time_point deadline) {
        const bool in = co_await place->wait_for_turn(deadline);
        answers_.push_back(in);
    }

    std::shared_ptr<slots::place> enters(clock::time_point deadline = clock::now() + 1h) {
        auto place = slots_.enter();
        if (!place)
            return nullptr;
        auto shared = std::make_shared<slots::place>(std::move(*place));
        asio::co_spawn(context_, wait(shared, deadline), asio::detached);
        context_.poll();
        return shared;
    }

    asio::io_context context_;
    asio::executor_work_guard<asio::io_context::executor_type> open_{context_.get_executor()};
    slots slots_{2, 1};
    std::vector<bool> answers_;
};

TEST_F(two_slots, E4_refuse_at_once_when_the_line_is_full) {
    const auto a = enters();
    const auto b = enters();
    const auto c = enters();
    EXPECT_EQ(answers_, (std::vector{true, true}));
    EXPECT_EQ(slots_.counts().running, 2U);
    EXPECT_EQ(slots_.counts().waiting, 1U);
    EXPECT_EQ(enters(), nullptr);
}

TEST_F(two_slots, let_the_next_in_when_a_result_is_complete_and_keep_the_place_until_the_answer_is_gone) {
    const auto a = enters();
    const auto b = enters();
    const auto c = enters();
    a->leave_slot();
    context_.poll();
    EXPECT_EQ(answers_.size(), 3U);
    EXPECT_EQ(enters(), nullptr) << "the answer of a still counts in the memory budget";
}

TEST_F(two_slots, E2_give_a_place_back_when_its_caller_leaves) {
    const auto a = enters();
    const auto b = enters();
    {
        const auto c = slots_.enter();
        EXPECT_TRUE(c);
        EXPECT_FALSE(slots_.enter());
    }
    EXPECT_TRUE(slots_.enter());
}

TEST_F(two_slots, end_a_wait_at_its_deadline) {
    const auto a = enters();
    const auto b = enters();
    const auto c = enters(clock::now());
    context_.run_one_for(1s);
    EXPECT_EQ(answers_, (std::vector{true, true, false}));
}

TEST_F(two_slots, F1_tell_the_line_when_they_close_and_let_the_runs_end) {
    const auto a = enters();
    const auto b = enters();
    const auto c = enters();
    slots_.close();
    context_.poll();
    EXPECT_EQ(answers_, (std::vector{true, true, false}));
    EXPECT_TRUE(slots_.is_closed());
    EXPECT_EQ(enters(), nullptr);
    EXPECT_EQ(slots_.counts().running, 2U);
}

TEST(retry_after, E4_is_a_minute_where_the_line_would_take_years) {
    EXPECT_EQ(retry_after_seconds(1e18), 60s);
    EXPECT_EQ(retry_after_seconds(59.2), 60s);
    EXPECT_EQ(retry_after_seconds(2.1), 3s);
    EXPECT_EQ(retry_after_seconds(0), 1s);
}

TEST_F(two_slots, E4_promise_a_retry_between_one_second_and_a_minute) {
    EXPECT_EQ(slots_.retry_after(), 1s);
    const auto a = enters();
    EXPECT_GE(slots_.retry_after(), 1s);
    EXPECT_LE(slots_.retry_after(), 60s);
}

} // namespace
} // namespace docker_run
