#pragma once

#include "container/reaper.hpp"
#include "docker/test_engine.hpp"

#include <gtest/gtest.h>
#include <spdlog/sinks/null_sink.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace docker_run {

/// A reaper at a time that the test sets, with one more permit for containers than may be stuck.
class reaping : public testing::Test {
  protected:
    ~reaping() override {
        engine_.release();
        reaper_.cancel();
        context_.restart();
        context_.run_for(docker::test::patience);
        EXPECT_TRUE(context_.stopped()) << "a removal goes on after cancel()";
    }

    static std::string path_of(const std::string& name) { return "/containers/" + name; }
    void respond(const std::string& name, const docker::test::engine_response& response) {
        engine_.set_response(docker::test::verb::delete_, path_of(name), response);
    }
    /// The last response is that to all later requests too.
    void respond_in_turn(const std::string& name, std::vector<docker::test::engine_response> responses) {
        engine_.set_responder(docker::test::verb::delete_, path_of(name),
                              [responses](const docker::test::engine_request& request) {
                                  return responses[std::min(request.number, responses.size()) - 1];
                              });
    }
    /// Sends the responses that are held, and holds those to later requests for this container.
    void release_and_hold(const std::string& name) {
        engine_.release();
        engine_.hold(docker::test::verb::delete_, path_of(name));
    }
    std::size_t requests(const std::string& name) const {
        return engine_.requests(docker::test::verb::delete_, path_of(name));
    }

    removal_job job(const std::string& name) {
        reaper_.track(name);
        removal_job handed_over;
        handed_over.name = name;
        return handed_over;
    }
    semaphore::permit permit() {
        return docker::test::result_of(context_, existence_.acquire(std::chrono::steady_clock::now()));
    }

    bool settles() {
        const auto deadline = std::chrono::steady_clock::now() + docker::test::patience;
        return docker::test::result_of(context_, reaper_.wait_until_settled(deadline));
    }
    template <class Condition>
    bool comes_true(Condition condition) {
        return docker::test::run_handlers_until(context_, std::move(condition));
    }

    static constexpr std::size_t concurrency = 100;

    boost::asio::io_context context_{1};
    docker::test::test_engine engine_;
    docker::engine client_{engine_.settings()};
    const logger log_{log_settings{}, std::make_shared<spdlog::sinks::null_sink_mt>()};
    uid_allocator uids_;
    semaphore engine_work_{concurrency};
    semaphore existence_{max_stuck_containers + 1};
    std::chrono::steady_clock::time_point now_{std::chrono::hours(1)};
    std::vector<std::chrono::steady_clock::duration> durations_; ///< of each call of on_removed
    reaper reaper_{context_.get_executor(),
                   client_,
                   log_,
                   [this](auto duration) { durations_.push_back(duration); },
                   uids_,
                   "ours",
                   {.engine_work = engine_work_, .retries = concurrency, .max_ends = 1},
                   [this] { return now_; }};
};

} // namespace docker_run
