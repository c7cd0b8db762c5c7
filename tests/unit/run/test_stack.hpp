#pragma once

#include "docker/test_engine.hpp"
#include "run/run_stack.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <spdlog/sinks/null_sink.h>

#include <chrono>
#include <memory>
#include <string>

namespace docker_run::test {

/// All parts that execute runs, beside a scripted engine that has the image "python" and starts every
/// container, at a time that the test sets.
class stack_test : public testing::Test {
  protected:
    stack_test() {
        using docker::test::verb;
        engine_.set_response(verb::get, "/info", {200, R"({"CgroupDriver":"systemd"})"});
        engine_.set_response(verb::get, "/images/python/json",
                             {200, R"({"Id":"sha256:1","RepoTags":["python:latest"],"Config":{}})"});
        engine_.set_response(verb::post, "/containers/create",
                             {201, R"({"Id":")" + container_id() + R"("})"});
        engine_.set_response(verb::post, path() + "/attach", {101});
        engine_.set_response(verb::post, path() + "/start", {204});
        engine_.set_response(verb::delete_, path(), {204});
    }
    ~stack_test() override {
        stack_.pool.stop();
        stack_.pool.cancel();
        stack_.removals.cancel();
        context_.restart();
        context_.run_for(docker::test::patience);
        EXPECT_TRUE(context_.stopped()) << "something goes on after cancel()";
    }

    static std::string container_id() { return std::string(64, 'a'); }
    static std::string path() { return "/containers/" + container_id(); }
    std::size_t created() const { return engine_.requests(docker::test::verb::post, "/containers/create"); }

    template <class Condition>
    bool comes_true(Condition condition) {
        return docker::test::run_handlers_until(context_, std::move(condition));
    }

    static run_stack_options options(const docker::engine_settings& engine) {
        run_stack_options options{.engine = engine,
                                  .containers = {},
                                  .policy = image_policy({}, {}),
                                  .pool = {},
                                  .launches = {},
                                  .patience = {}};
        options.pool.idle_time = std::chrono::hours(2); // longer than the longest time of a container
        options.max_containers = 8;
        options.patience = {.queue = std::chrono::seconds(10), .engine = std::chrono::seconds(60)};
        return options;
    }

    boost::asio::io_context context_{1};
    docker::test::test_engine engine_;
    const logger log_{log_settings{}, std::make_shared<spdlog::sinks::null_sink_mt>()};
    std::chrono::steady_clock::time_point now_{std::chrono::hours(1)};
    run_stack stack_{context_.get_executor(), options(engine_.settings()), [](auto) {}, log_,
                     [this] { return now_; }};
};

} // namespace docker_run::test
