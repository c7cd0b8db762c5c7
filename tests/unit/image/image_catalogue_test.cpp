#include "docker/test_engine.hpp"
#include "image/image_catalogue.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace docker_run {
namespace {

using namespace std::chrono_literals;
using docker::test::verb;

const std::string path = "/images/python/json";

docker::test::engine_response image_with_id(const std::string& id) {
    return {200, R"({"Id":")" + id + R"(","RepoTags":["python:latest"],"Config":{}})"};
}

/// A catalogue of an engine that has the image "python", at a time that the test sets.
class catalogue : public testing::Test {
  protected:
    using image_pointer = std::shared_ptr<const resolved_image>;
    using time_point = std::chrono::steady_clock::time_point;

    catalogue() { engine_.set_response(verb::get, path, image_with_id("sha256:1")); }

    std::future<image_pointer> begin_look_up() {
        return boost::asio::co_spawn(context_, images_.resolve("python"), boost::asio::use_future);
    }
    image_pointer look_up(time_point asked_since = time_point::min()) {
        return docker::test::result_of(context_, images_.resolve("python", asked_since));
    }
    std::size_t requests() const { return engine_.requests(verb::get, path); }

    boost::asio::io_context context_{1};
    docker::test::test_engine engine_;
    docker::engine client_{engine_.settings()};
    time_point now_{1h};
    image_catalogue images_{client_, image_policy({}, {}), [this] { return now_; }};
};

TEST_F(catalogue, asks_nothing_at_a_second_look_up_while_events_are_connected) {
    images_.set_events_connected(true);
    const auto first = look_up();
    EXPECT_EQ(first->id, "sha256:1");
    EXPECT_EQ(look_up(), first);
    EXPECT_EQ(requests(), 1U);
}

TEST_F(catalogue, asks_at_each_look_up_without_events) {
    look_up();
    look_up();
    EXPECT_EQ(requests(), 2U);
    images_.set_events_connected(true);
    look_up();
    images_.set_events_connected(false);
    look_up();
    EXPECT_EQ(requests(), 4U);
}

TEST_F(catalogue, does_not_remember_an_answer_that_began_before_a_change) {
    const std::vector<std::function<void()>> changes = {
        [this] { images_.invalidate(); },
        [this] { images_.apply(image_policy({}, {})); },
        [this] { images_.set_events_connected(true); },
    };
    for (std::size_t i = 0; i < changes.size(); ++i) {
        images_.set_events_connected(true); // clears what the change before this one has left
        const auto before = requests();
        engine_.hold(verb::get, path);
        auto look_up_begun_before = begin_look_up();
        ASSERT_TRUE(docker::test::run_handlers_until(context_, [&] { return requests() == before + 1; }));
        changes[i]();
        engine_.release();
        EXPECT_EQ(docker::test::result_of(context_, std::move(look_up_begun_before))->id, "sha256:1");
        look_up();
        EXPECT_EQ(requests(), before + 2) << "change " << i;
        look_up();
        EXPECT_EQ(requests(), before + 2) << "an answer that began after change " << i << " is remembered";
    }
}

TEST_F(catalogue, asks_again_when_the_data_is_older_than_the_caller_accepts) {
    constexpr auto accepted_age = 10s;
    images_.set_events_connected(true);
    EXPECT_EQ(look_up()->asked_at, now_);
    now_ += accepted_age;
    look_up(now_ - accepted_age);
    EXPECT_EQ(requests(), 1U);
    now_ += 1s;
    engine_.set_response(verb::get, path, image_with_id("sha256:2"));
    const auto newer = look_up(now_ - accepted_age);
    EXPECT_EQ(requests(), 2U);
    EXPECT_EQ(newer->id, "sha256:2");
    EXPECT_EQ(newer->asked_at, now_);
    EXPECT_EQ(look_up(), newer) << "the newer data has replaced the older";
}

TEST_F(catalogue, does_not_remember_that_the_engine_has_no_such_image) {
    images_.set_events_connected(true);
    engine_.set_response(verb::get, path, {404, R"({"message":"No such image: python"})"});
    EXPECT_EQ(look_up()->id, "");
    engine_.set_response(verb::get, path, image_with_id("sha256:1"));
    EXPECT_EQ(look_up()->id, "sha256:1");
}

TEST_F(catalogue, forgets_an_image_that_the_engine_does_not_have_any_more) {
    images_.set_events_connected(true);
    look_up();
    engine_.set_response(verb::get, path, {404, R"({"message":"No such image: python"})"});
    now_ += 1s;
    EXPECT_EQ(look_up(now_)->id, "");
    EXPECT_EQ(look_up()->id, "");
    EXPECT_EQ(requests(), 3U);
}

TEST_F(catalogue, does_not_ask_for_an_image_that_the_policy_refuses_by_its_name) {
    policy_settings closed;
    closed.file = "/policy.json";
    images_.apply(image_policy(closed, {}));
    EXPECT_FALSE(look_up()->options);
    EXPECT_EQ(requests(), 0U);
}

TEST_F(catalogue, believes_the_label_of_a_runner_only_beside_its_entrypoint) {
    const auto look_up_image = [this](const std::string& entrypoint, const std::string& label) {
        const auto config = R"("Config":{"Entrypoint":[")" + entrypoint +
                            R"("],"Labels":{"docker-run.runner":")" + label + R"("}})";
        engine_.set_response(verb::get, path,
                             {200, R"({"Id":"sha256:1","RepoTags":["python:latest"],)" + config + "}"});
        return look_up();
    };
    const struct {
        std::string entrypoint;
        std::string label;
        bool has_runner;
        bool speaks_frames;
    } cases[] = {
        {"/usr/local/bin/code_runner", "2", true, true},
        {"/usr/local/bin/code_runner", "1", true, false},
        {"/usr/local/bin/code_runner", "22", true, false},
        {"/bin/sh", "2", false, false},
    };
    for (const auto& each : cases) {
        const auto image = look_up_image(each.entrypoint, each.label);
        EXPECT_EQ(image->has_runner, each.has_runner) << each.entrypoint << each.label;
        EXPECT_EQ(image->speaks_frames, each.speaks_frames) << each.entrypoint << each.label;
    }
}

TEST_F(catalogue, does_not_remember_a_call_that_failed) {
    images_.set_events_connected(true);
    engine_.set_response(verb::get, path, {500, R"({"message":"no"})"});
    EXPECT_THROW(look_up(), docker::engine_error);
    engine_.set_response(verb::get, path, image_with_id("sha256:1"));
    EXPECT_EQ(look_up()->id, "sha256:1");
}

} // namespace
} // namespace docker_run
