#include "container/launcher.hpp"
#include "run/launch_failure.hpp"

#include <gtest/gtest.h>

namespace docker_run {
namespace {

using docker::engine_error;
using docker::engine_fault;

TEST(launch_failure, names_the_socket_where_nothing_could_be_reached) {
    const engine_error refused(engine_fault::unreachable,
                               "Failed to connect to docker unix socket: /x: No such file");
    const auto failure = launch_failure(refused);
    EXPECT_EQ(failure.error, run_error::unix_socket);
    EXPECT_EQ(failure.message,
              "Unix socket failure: Failed to connect to docker unix socket: /x: No such file");
}

TEST(launch_failure, tells_whose_fault_a_failed_create_is) {
    const struct {
        engine_error cause;
        run_error expected;
    } cases[] = {
        {engine_error(engine_fault::refused, "No such image: x:latest", 404), run_error::image_refused},
        {engine_error(engine_fault::refused, "invalid reference format", 400), run_error::image_refused},
        {engine_error(engine_fault::refused, "disk full", 500), run_error::create_failed},
        {engine_error(engine_fault::refused, "no such image: x", 500), run_error::image_refused},
        {engine_error(engine_fault::timeout, "the engine did not answer in time"), run_error::create_failed},
        {engine_error(engine_fault::broken, "the engine's answer is not JSON"), run_error::create_failed},
    };
    for (const auto& [cause, expected] : cases) {
        EXPECT_EQ(launch_failure(cause).error, expected) << cause.what();
        EXPECT_EQ(launch_failure(launch_error(launch_stage::create, cause)).error, expected) << cause.what();
        EXPECT_EQ(launch_failure(cause).message, std::string("Failed to create container: ") + cause.what());
    }
}

TEST(launch_failure, blames_the_operator_for_a_mount_that_the_engines_host_lacks) {
    const engine_error cause(
        engine_fault::refused,
        R"(invalid mount config for type "bind": bind source path does not exist: /opt/runner)", 400);
    const auto failure = launch_failure(launch_error(launch_stage::create, cause));
    EXPECT_EQ(failure.error, run_error::create_failed);
    EXPECT_NE(failure.message.find("DOCKER_STOCK_RUNNER_PATH"), std::string::npos);
    EXPECT_NE(failure.message.find("/opt/runner"), std::string::npos);
}

TEST(launch_failure, knows_when_no_container_can_have_been_created) {
    const engine_error unreachable(engine_fault::unreachable, "refused");
    EXPECT_TRUE(nothing_was_created(unreachable));
    EXPECT_TRUE(nothing_was_created(launch_error(launch_stage::create, unreachable)));
    EXPECT_FALSE(nothing_was_created(launch_error(launch_stage::attach, unreachable)));
    EXPECT_FALSE(nothing_was_created(launch_error(launch_stage::start, unreachable)));
    const engine_error broken(engine_fault::broken, "end of stream");
    EXPECT_TRUE(nothing_was_created(broken));
    EXPECT_FALSE(nothing_was_created(launch_error(launch_stage::create, broken)));
    EXPECT_FALSE(nothing_was_created(engine_error(engine_fault::timeout, "late")));
    EXPECT_EQ(engine_away(unreachable).error, run_error::engine_away);
}

TEST(launch_failure, says_which_image_the_policy_refuses) {
    const auto failure = image_not_allowed("a/b:c");
    EXPECT_EQ(failure.error, run_error::image_refused);
    EXPECT_EQ(failure.message, "Failed to create container: image is not allowed: a/b:c");
}

TEST(launch_failure, names_the_call_that_failed) {
    const engine_error cause(engine_fault::refused, "no", 404);
    EXPECT_EQ(launch_failure(launch_error(launch_stage::attach, cause)).error, run_error::attach_failed);
    EXPECT_EQ(launch_failure(launch_error(launch_stage::start, cause)).error, run_error::start_failed);
}

TEST(launch_failure, calls_a_start_what_podman_does_at_attach) {
    const engine_error cause(engine_fault::refused, "preparing container 1f2e for attach: crun: no such file",
                             409);
    const auto failure = launch_failure(launch_error(launch_stage::attach, cause));
    EXPECT_EQ(failure.error, run_error::start_failed);
    EXPECT_EQ(failure.message, std::string("Failed to start container: ") + cause.what());
}

TEST(launch_failure, tells_a_full_line_from_a_closing_one) {
    EXPECT_EQ(not_admitted(false).error, run_error::overloaded);
    EXPECT_EQ(not_admitted(true).error, run_error::draining);
}

} // namespace
} // namespace docker_run
