#include "admission/admission_queue.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <variant>
#include <vector>

namespace docker_run {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

/// Two workers, a line of one, and one place for an interactive run.
class two_slots : public testing::Test {
  protected:
    asio::awaitable<void> wait(std::shared_ptr<admission_queue::place> place, clock::time_point deadline) {
        const bool in = co_await place->wait_for_worker(deadline);
        answers_.push_back(in);
    }

    std::shared_ptr<admission_queue::place> enters(clock::time_point deadline = clock::now() + 1h) {
        return enters(caller(), deadline);
    }

    std::shared_ptr<admission_queue::place> enters(const caller& who,
                                                   clock::time_point deadline = clock::now() + 1h) {
        auto entered = queue_.enter(who);
        if (std::holds_alternative<admission_queue::refusal>(entered))
            return nullptr;
        auto shared =
            std::make_shared<admission_queue::place>(std::get<admission_queue::place>(std::move(entered)));
        asio::co_spawn(context_, wait(shared, deadline), asio::detached);
        context_.poll();
        return shared;
    }

    static bool is_place(const std::variant<admission_queue::place, admission_queue::refusal>& entered) {
        return std::holds_alternative<admission_queue::place>(entered);
    }

    admission_queue queue_{
        {.workers = 2, .line = 1, .interactive = 1}}; // outlives the coroutines that wait for it
    asio::io_context context_;
    asio::executor_work_guard<asio::io_context::executor_type> open_{context_.get_executor()};
    std::vector<bool> answers_;
};

TEST_F(two_slots, refuse_at_once_when_the_line_is_full) {
    const auto a = enters();
    const auto b = enters();
    const auto c = enters();
    EXPECT_EQ(answers_, (std::vector{true, true}));
    EXPECT_EQ(queue_.counts().running, 2U);
    EXPECT_EQ(queue_.counts().waiting, 1U);
    EXPECT_EQ(enters(), nullptr);
}

TEST_F(two_slots, let_the_next_in_when_a_result_is_complete_and_keep_the_place_until_the_answer_is_gone) {
    const auto a = enters();
    const auto b = enters();
    const auto c = enters();
    a->release_worker();
    context_.poll();
    EXPECT_EQ(answers_.size(), 3U);
    EXPECT_EQ(enters(), nullptr) << "the answer of a still counts in the memory budget";
}

TEST_F(two_slots, give_a_place_back_when_its_caller_leaves) {
    const auto a = enters();
    const auto b = enters();
    {
        const auto c = queue_.enter(caller());
        EXPECT_TRUE(is_place(c));
        EXPECT_FALSE(is_place(queue_.enter(caller())));
    }
    EXPECT_TRUE(is_place(queue_.enter(caller())));
}

TEST_F(two_slots, end_a_wait_at_its_deadline) {
    const auto a = enters();
    const auto b = enters();
    const auto c = enters(clock::now());
    context_.run_one_for(1s);
    EXPECT_EQ(answers_, (std::vector{true, true, false}));
}

TEST_F(two_slots, tell_the_line_when_they_close_and_let_the_runs_end) {
    const auto a = enters();
    const auto b = enters();
    const auto c = enters();
    queue_.close();
    context_.poll();
    EXPECT_EQ(answers_, (std::vector{true, true, false}));
    EXPECT_TRUE(queue_.is_closed());
    EXPECT_EQ(enters(), nullptr);
    EXPECT_EQ(queue_.counts().running, 2U);
}

TEST(retry_after, is_a_minute_where_the_line_would_take_years) {
    EXPECT_EQ(retry_after_seconds(1e18), 60s);
    EXPECT_EQ(retry_after_seconds(59.2), 60s);
    EXPECT_EQ(retry_after_seconds(2.1), 3s);
    EXPECT_EQ(retry_after_seconds(0), 1s);
}

TEST_F(two_slots, give_the_turn_of_a_run_that_leaves_to_the_next_one) {
    const auto a = enters();
    auto b = enters();
    const auto c = enters();
    b->release_worker();
    b.reset();
    context_.poll();
    EXPECT_EQ(answers_.size(), 3U);
    EXPECT_EQ(queue_.counts().running, 2U);
    EXPECT_EQ(queue_.counts().waiting, 0U);
}

TEST_F(two_slots, refuse_a_name_that_has_its_share_and_nobody_else) {
    caller small;
    small.name = "small";
    small.share = {.runs = 1, .queue = 0};
    auto first = enters(small);
    const auto refused = queue_.enter(small);
    ASSERT_TRUE(std::holds_alternative<admission_queue::refusal>(refused));
    EXPECT_EQ(std::get<admission_queue::refusal>(refused), admission_queue::refusal::share);
    EXPECT_NE(enters(), nullptr);
    first.reset();
    EXPECT_TRUE(is_place(queue_.enter(small)));
}

TEST_F(two_slots, let_a_name_without_a_place_into_a_full_line_in_place_of_the_one_with_most) {
    caller other;
    other.name = "other";
    const auto a = enters();
    const auto b = enters();
    auto c = enters();
    const auto late = enters(other);
    ASSERT_NE(late, nullptr);
    context_.poll();
    EXPECT_EQ(answers_, (std::vector{true, true, false})) << "c was told that it has no place";
    EXPECT_EQ(enters(), nullptr);
    c.reset();
    EXPECT_EQ(enters(), nullptr) << "its place was given away, and not given back twice";
    a->release_worker();
    context_.poll();
    EXPECT_EQ(answers_, (std::vector{true, true, false, true}));
}

TEST_F(two_slots, count_by_name) {
    caller named;
    named.name = "named";
    const auto a = enters(named);
    const auto b = enters(named);
    const auto c = enters(named);
    const auto counts = queue_.counts_by_name();
    ASSERT_EQ(counts.size(), 1U);
    EXPECT_EQ(counts[0].name, "named");
    EXPECT_EQ(counts[0].running, 2U);
    EXPECT_EQ(counts[0].waiting, 1U);
}

TEST_F(two_slots, take_a_place_for_a_body_only_when_it_is_complete) {
    const auto body = [this] {
        return std::make_shared<paced_input>(context_.get_executor(), [] {}, clock::now());
    };
    auto waiting = queue_.enter(caller(), body());
    ASSERT_TRUE(is_place(waiting));
    EXPECT_EQ(queue_.counts().bodies, 1U);
    const auto a = enters();
    const auto b = enters();
    const auto c = enters();
    EXPECT_EQ(answers_.size(), 2U);
    EXPECT_FALSE(is_place(queue_.enter(caller(), body()))) << "a body that could not be served is not read";
    auto& place = std::get<admission_queue::place>(waiting);
    EXPECT_EQ(place.join_line(), admission_queue::refusal::full);
    EXPECT_EQ(queue_.counts().bodies, 0U);
}

TEST_F(two_slots, promise_a_retry_between_one_second_and_a_minute) {
    EXPECT_EQ(queue_.retry_after(), 1s);
    const auto a = enters();
    EXPECT_GE(queue_.retry_after(), 1s);
    EXPECT_LE(queue_.retry_after(), 60s);
}

TEST_F(two_slots, have_places_for_interactive_runs_beside_the_workers) {
    const auto a = enters();
    const auto b = enters();
    const auto c = enters();
    EXPECT_EQ(enters(), nullptr) << "all is full for others";
    {
        const auto interactive = queue_.enter_interactive(caller());
        ASSERT_TRUE(is_place(interactive));
        EXPECT_EQ(queue_.counts().interactive, 1U);
        EXPECT_EQ(queue_.counts().running, 2U);
        EXPECT_EQ(std::get<admission_queue::refusal>(queue_.enter_interactive(caller())),
                  admission_queue::refusal::full);
    }
    EXPECT_EQ(queue_.counts().interactive, 0U);
    EXPECT_TRUE(is_place(queue_.enter_interactive(caller())));
}

TEST_F(two_slots, let_an_interactive_run_begin_at_once) {
    auto entered = queue_.enter_interactive(caller());
    const auto place =
        std::make_shared<admission_queue::place>(std::get<admission_queue::place>(std::move(entered)));
    asio::co_spawn(context_, wait(place, clock::now()), asio::detached);
    context_.poll();
    EXPECT_EQ(answers_, std::vector{true});
}

TEST_F(two_slots, count_interactive_runs_in_the_share_of_their_name) {
    caller one_run;
    one_run.name = "a";
    one_run.share.runs = 1;
    auto interactive = queue_.enter_interactive(one_run);
    ASSERT_TRUE(is_place(interactive));
    EXPECT_EQ(queue_.counts_by_name().front().interactive, 1U);
    const auto waiting = enters(one_run);
    EXPECT_TRUE(answers_.empty()) << "it waits for the interactive run of its name";
    interactive = admission_queue::refusal::closed;
    context_.poll();
    EXPECT_EQ(answers_, std::vector{true});
    EXPECT_EQ(std::get<admission_queue::refusal>(queue_.enter_interactive(one_run)),
              admission_queue::refusal::share);
}

TEST_F(two_slots, admit_no_interactive_run_once_they_are_closed) {
    queue_.close();
    EXPECT_EQ(std::get<admission_queue::refusal>(queue_.enter_interactive(caller())),
              admission_queue::refusal::closed);
}

} // namespace
} // namespace docker_run
