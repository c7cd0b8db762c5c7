#include "api/run_event_queue.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <vector>

namespace docker_run {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using testing::ElementsAre;

constexpr auto out = output_channel::standard_output;
constexpr auto err = output_channel::standard_error;

std::string text_event(std::string_view type, std::string_view text) {
    return R"({"type":")" + std::string(type) + R"(","text":")" + std::string(text) + "\"}";
}

class an_event_queue : public testing::Test {
  protected:
    /// Prints in the background, as a run does.
    void print(output_channel channel, std::string bytes,
               clock::time_point until = clock::time_point::max()) {
        asio::co_spawn(context_, do_print(channel, std::move(bytes), until), asio::detached);
        context_.restart();
        context_.poll();
    }

    void begin_stage() {
        asio::co_spawn(context_, queue_.stage_began("run", clock::time_point::max()), asio::detached);
        context_.restart();
        context_.poll();
    }

    event_batch next() {
        event_batch taken;
        asio::co_spawn(context_, do_take(taken), asio::detached);
        context_.restart();
        while (!is_taken_)
            context_.run_one();
        is_taken_ = false;
        return taken;
    }

    /// Starts, and takes the first event.
    void begin() {
        queue_.started({}, true);
        next();
    }

    asio::io_context context_{1};
    run_event_queue queue_{false};
    int printed_ = 0; ///< calls that have returned

  private:
    asio::awaitable<void> do_print(output_channel channel, std::string bytes, clock::time_point until) {
        co_await queue_.printed(channel, bytes, until);
        ++printed_;
    }
    asio::awaitable<void> do_take(event_batch& taken) {
        taken = co_await queue_.next();
        is_taken_ = true;
    }

    bool is_taken_ = false;
};

TEST_F(an_event_queue, keeps_the_order_and_ends_with_the_last_event) {
    queue_.started({}, true);
    begin_stage();
    print(out, "a");
    print(err, "b");
    print(out, "c");
    queue_.finish("{last}");
    const auto batch = next();
    EXPECT_THAT(batch.events, ElementsAre(run_event_encoder::started({}, true),
                                          run_event_encoder::stage_began("run"), text_event("stdout", "a"),
                                          text_event("stderr", "b"), text_event("stdout", "c"), "{last}"));
    EXPECT_TRUE(batch.is_last);
}

TEST_F(an_event_queue, sends_output_after_a_silence_at_once_and_joins_what_follows_within_the_interval) {
    begin();
    print(out, "a");
    const auto first = clock::now();
    EXPECT_THAT(next().events, ElementsAre(text_event("stdout", "a")));
    print(out, "b");
    print(out, "c");
    EXPECT_THAT(next().events, ElementsAre(text_event("stdout", "bc")));
    EXPECT_GE(clock::now() - first, 10ms);
}

TEST_F(an_event_queue, sends_much_output_without_waiting) {
    begin();
    print(out, "a");
    next();
    const std::string much(16 * 1024, 'x');
    print(out, much);
    EXPECT_THAT(next().events, ElementsAre(text_event("stdout", much)));
}

TEST_F(an_event_queue, sends_a_stage_and_the_end_without_waiting) {
    begin();
    print(out, "a");
    next();
    print(out, "b");
    begin_stage();
    EXPECT_THAT(next().events, ElementsAre(text_event("stdout", "b"), run_event_encoder::stage_began("run")));
    print(out, "c");
    queue_.finish("{last}");
    EXPECT_THAT(next().events, ElementsAre(text_event("stdout", "c"), "{last}"));
}

TEST_F(an_event_queue, ends_an_incomplete_character_with_its_stage) {
    begin();
    print(out, "\xE2\x82");
    begin_stage();
    EXPECT_THAT(next().events,
                ElementsAre(text_event("stdout", "\xEF\xBF\xBD"), run_event_encoder::stage_began("run")));
    print(out, "\xAC");
    EXPECT_THAT(next().events, ElementsAre(text_event("stdout", "\xEF\xBF\xBD")));
}

TEST_F(an_event_queue, asks_for_a_sign_of_life_after_two_seconds_of_silence) {
    begin();
    print(out, "\xE2\x82"); // an incomplete character is no event
    const auto before = clock::now();
    const auto batch = next();
    EXPECT_THAT(batch.events, testing::IsEmpty());
    EXPECT_FALSE(batch.is_last);
    EXPECT_GE(clock::now() - before, 1900ms);
}

TEST_F(an_event_queue, holds_64_kib_and_lets_the_run_wait_beyond) {
    begin();
    print(out, std::string(60 * 1024, 'x'));
    EXPECT_EQ(printed_, 1);
    print(out, std::string(8 * 1024, 'y'));
    EXPECT_EQ(printed_, 1) << "it waits";
    next();
    context_.restart();
    context_.poll();
    EXPECT_EQ(printed_, 2);
}

TEST_F(an_event_queue, counts_the_cost_of_each_piece) {
    begin();
    for (int i = 0; i < 10'000; ++i)
        print(i % 2 == 0 ? out : err, "x");
    EXPECT_LT(printed_, 2000);
    queue_.abandon();
    context_.restart();
    context_.poll();
    EXPECT_EQ(printed_, 10'000);
}

TEST_F(an_event_queue, takes_everything_once_the_time_to_wait_is_over) {
    begin();
    const std::string much(1'000'000, 'x');
    print(out, much, clock::now());
    EXPECT_EQ(printed_, 1);
    queue_.finish("{last}");
    std::string text;
    for (bool is_last = false; !is_last;) {
        const auto batch = next();
        is_last = batch.is_last;
        for (const auto& each : batch.events)
            if (each != "{last}")
                text += nlohmann::json::parse(each).at("text").get<std::string>();
    }
    EXPECT_TRUE(text == much);
}

TEST_F(an_event_queue, stops_waiting_when_the_time_to_wait_ends) {
    begin();
    print(out, std::string(100'000, 'x'), clock::now() + 50ms);
    EXPECT_EQ(printed_, 0);
    context_.restart();
    context_.run_for(10s);
    EXPECT_EQ(printed_, 1);
}

TEST_F(an_event_queue, drops_everything_when_it_is_abandoned) {
    begin();
    print(out, std::string(100'000, 'x'));
    queue_.abandon();
    context_.restart();
    context_.poll();
    EXPECT_EQ(printed_, 1);
    const auto batch = next();
    EXPECT_THAT(batch.events, testing::IsEmpty());
    EXPECT_TRUE(batch.is_last);
}

TEST_F(an_event_queue, loses_nothing_when_taking_is_cancelled) {
    begin();
    asio::cancellation_signal cancel;
    bool is_cancelled = false;
    asio::co_spawn(
        context_, queue_.next(),
        asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& error, const event_batch&) {
            is_cancelled = error != nullptr;
        }));
    context_.restart();
    context_.poll();
    cancel.emit(asio::cancellation_type::terminal);
    context_.run_for(10s);
    EXPECT_TRUE(is_cancelled);
    queue_.finish("{last}");
    EXPECT_THAT(next().events, ElementsAre("{last}"));
}

} // namespace
} // namespace docker_run
