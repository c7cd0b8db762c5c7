#include "container/reaper.hpp"
#include "container/reaping.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace docker_run {
namespace {

using namespace std::chrono_literals;
using docker::test::engine_response;
using docker::test::verb;

const engine_response was_removed{204, ""};
const engine_response no_such_container{404, R"({"message":"No such container"})"};
const engine_response already_in_progress{409, R"({"message":"removal is already in progress"})"};
const engine_response is_busy{500, R"({"message":"device or resource busy"})"};

constexpr auto stuck_after = 60s;        ///< removal_course
constexpr auto late_create_window = 15s; ///< likewise
constexpr auto ended_patience = 30s;     ///< leftover_watch

TEST_F(reaping, is_done_when_the_engine_has_removed_the_container) {
    respond("a", was_removed);
    reaper_.remove(job("a"));
    ASSERT_TRUE(settles());
    EXPECT_EQ(requests("a"), 1U);
    EXPECT_EQ(durations_.size(), 1U);
    EXPECT_EQ(reaper_.counts().removed, 1U);
    EXPECT_EQ(reaper_.counts().pending, 0U);
    EXPECT_TRUE(reaper_.known().empty());
}

TEST_F(reaping, waits_among_the_launches_in_the_order_of_arrival) {
    const auto far = std::chrono::steady_clock::now() + 1h;
    const auto wait_in_line = [&] {
        context_.restart();
        context_.poll();
    };
    std::vector<semaphore::permit> launches;
    while (launches.size() < concurrency)
        launches.push_back(docker::test::result_of(context_, engine_work_.acquire(far)));
    respond("a", was_removed);
    reaper_.remove(job("a"));
    wait_in_line();
    auto later = boost::asio::co_spawn(context_, engine_work_.acquire(far), boost::asio::use_future);
    wait_in_line();

    launches.pop_back();
    EXPECT_TRUE(comes_true([this] { return requests("a") == 1; }));
    launches.pop_back();
    docker::test::result_of(context_, std::move(later));
    EXPECT_TRUE(settles());
}

TEST_F(reaping, is_done_when_the_engine_has_no_such_container) {
    respond("a", no_such_container);
    reaper_.remove(job("a"));
    ASSERT_TRUE(settles());
    EXPECT_EQ(requests("a"), 1U);
    EXPECT_EQ(durations_.size(), 1U);
    EXPECT_EQ(reaper_.counts().retried, 0U);
}

TEST_F(reaping, waits_for_a_removal_that_is_already_in_progress) {
    respond_in_turn("a", {already_in_progress, already_in_progress, no_such_container});
    reaper_.remove(job("a"));
    ASSERT_TRUE(comes_true([this] { return requests("a") == 2; }));
    EXPECT_EQ(reaper_.known(), std::set<std::string>{"a"});
    EXPECT_TRUE(durations_.empty());
    ASSERT_TRUE(settles());
    EXPECT_EQ(requests("a"), 3U);
    EXPECT_EQ(durations_.size(), 1U);
    EXPECT_EQ(reaper_.counts().retried, 0U) << "that is no failure";
}

TEST_F(reaping, tries_a_removal_that_fails_again_after_a_pause) {
    respond_in_turn("a", {is_busy, is_busy, was_removed});
    const auto begin = std::chrono::steady_clock::now();
    reaper_.remove(job("a"));
    ASSERT_TRUE(settles());
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 300ms) << "the pauses are 100 and 200 ms";
    EXPECT_EQ(requests("a"), 3U);
    EXPECT_EQ(reaper_.counts().retried, 2U);
    EXPECT_EQ(durations_.size(), 1U);
}

TEST_F(reaping, keeps_the_existence_permit_until_the_container_is_gone) {
    respond_in_turn("a", {is_busy, was_removed});
    std::vector<semaphore::permit> others;
    auto handed_over = job("a");
    handed_over.existence = permit();
    for (std::size_t i = 0; i < max_stuck_containers; ++i)
        others.push_back(permit());
    reaper_.remove(std::move(handed_over));
    ASSERT_TRUE(comes_true([this] { return reaper_.counts().retried == 1; }));
    EXPECT_FALSE(permit());
    ASSERT_TRUE(settles());
    EXPECT_TRUE(permit());
}

TEST_F(reaping, looks_for_a_container_that_may_appear_later_until_its_window_has_passed) {
    respond("a", no_such_container);
    auto handed_over = job("a");
    handed_over.may_appear_later = true;
    engine_.hold(verb::delete_, path_of("a"));
    reaper_.remove(std::move(handed_over));
    const auto is_asked = [this](std::size_t times) {
        return comes_true([this, times] { return requests("a") == times && engine_.held() == 1; });
    };
    ASSERT_TRUE(is_asked(1));
    release_and_hold("a"); // the first response begins the window
    ASSERT_TRUE(is_asked(2));
    now_ += late_create_window - 1s;
    release_and_hold("a");
    ASSERT_TRUE(is_asked(3));
    EXPECT_TRUE(durations_.empty());
    now_ += 1s;
    engine_.release();
    ASSERT_TRUE(settles());
    EXPECT_EQ(requests("a"), 3U);
    EXPECT_EQ(durations_.size(), 1U);
}

TEST_F(reaping, removes_a_container_that_appears_late) {
    respond_in_turn("a", {no_such_container, was_removed});
    auto handed_over = job("a");
    handed_over.may_appear_later = true;
    reaper_.remove(std::move(handed_over));
    ASSERT_TRUE(settles());
    EXPECT_EQ(requests("a"), 2U);
    EXPECT_EQ(durations_.size(), 1U);
}

TEST_F(reaping, counts_a_removal_that_hangs_as_stuck_and_gives_its_permit_back) {
    respond_in_turn("a", {is_busy, was_removed});
    auto handed_over = job("a");
    handed_over.existence = permit();
    std::vector<semaphore::permit> others;
    for (std::size_t i = 0; i < max_stuck_containers; ++i)
        others.push_back(permit());
    reaper_.remove(std::move(handed_over));
    ASSERT_TRUE(comes_true([this] { return reaper_.counts().retried == 1; }));
    engine_.hold(verb::delete_, path_of("a"));
    now_ += stuck_after;
    ASSERT_TRUE(comes_true([this] { return reaper_.counts().stuck == 1 && engine_.held() == 1; }));
    EXPECT_TRUE(permit());
    EXPECT_EQ(reaper_.counts().pending, 1U);
    EXPECT_TRUE(durations_.empty());
    engine_.release();
    ASSERT_TRUE(settles());
    EXPECT_EQ(requests("a"), 2U);
    EXPECT_EQ(reaper_.counts().stuck, 0U);
    EXPECT_EQ(durations_, (std::vector<std::chrono::steady_clock::duration>{stuck_after}));
}

TEST_F(reaping, lets_no_more_removals_be_stuck_than_the_list_holds) {
    constexpr auto all = max_stuck_containers + 1;
    const auto each_name = [](const auto& action) {
        for (std::size_t i = 0; i < all; ++i)
            action("c" + std::to_string(i));
    };
    each_name([this](const std::string& name) {
        respond(name, is_busy);
        engine_.hold(verb::delete_, path_of(name));
        auto handed_over = job(name);
        handed_over.existence = permit();
        reaper_.remove(std::move(handed_over));
    });
    ASSERT_TRUE(comes_true([this] { return engine_.held() == all; }));
    engine_.release(); // the first attempts fail
    now_ += stuck_after;
    each_name([this](const std::string& name) {
        respond(name, was_removed);
        engine_.hold(verb::delete_, path_of(name));
    });
    const auto all_hang_again = [this] {
        return reaper_.counts().retried == all && reaper_.counts().stuck == max_stuck_containers &&
               engine_.held() == all;
    };
    ASSERT_TRUE(comes_true(all_hang_again));
    std::vector<semaphore::permit> given_back;
    for (auto one = permit(); one; one = permit())
        given_back.push_back(std::move(one));
    EXPECT_EQ(given_back.size(), max_stuck_containers) << "the last one keeps its permit";
    engine_.release();
    ASSERT_TRUE(settles());
    EXPECT_EQ(durations_.size(), all);
    EXPECT_EQ(reaper_.counts().stuck, 0U);
}

TEST_F(reaping, kills_a_container_that_is_kept_and_does_not_remove_it) {
    engine_.set_response(verb::post, path_of("a") + "/kill", already_in_progress); // it has ended already
    auto handed_over = job("a");
    handed_over.keep = true;
    reaper_.remove(std::move(handed_over));
    ASSERT_TRUE(settles());
    EXPECT_EQ(engine_.requests(verb::post, path_of("a") + "/kill"), 1U);
    EXPECT_EQ(requests("a"), 0U);
    EXPECT_EQ(durations_.size(), 1U);
}

TEST_F(reaping, sweeps_a_container_of_another_daemon_once_it_has_seen_it_ended_for_long) {
    const std::string name = "docker-run-theirs";
    engine_.set_response(verb::get, "/containers/json",
                         {200, R"([{"Id":")" + std::string(64, 'a') + R"(","Names":["/)" + name +
                                   R"("],"State":"exited","Labels":{"docker-run.instance":"other"}}])"});
    respond(name, was_removed);
    const auto sweep = [this] {
        docker::test::result_of(context_, reaper_.sweep());
        return reaper_.counts().swept;
    };
    EXPECT_EQ(sweep(), 0U);
    now_ += ended_patience - 1s;
    EXPECT_EQ(sweep(), 0U);
    now_ += 1s;
    EXPECT_EQ(sweep(), 1U);
    ASSERT_TRUE(settles());
    EXPECT_EQ(requests(name), 1U);
    EXPECT_EQ(durations_.size(), 1U);
}

} // namespace
} // namespace docker_run
