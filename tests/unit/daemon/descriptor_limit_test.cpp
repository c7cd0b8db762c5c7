#include "daemon/descriptor_limit.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <thread>

namespace docker_run {
namespace {

config settings_with(std::size_t workers, std::size_t waiting_containers) {
    config settings;
    settings.daemon.worker_threads = workers;
    settings.pool.max_total = waiting_containers;
    return settings;
}

TEST(descriptor_limit, leaves_callers_what_runs_removals_and_waiting_containers_do_not_need) {
    const auto alone = affordable_connections(settings_with(1, 1), 10'000);
    EXPECT_EQ(affordable_connections(settings_with(11, 1), 10'000), alone - 40);
    EXPECT_EQ(affordable_connections(settings_with(1, 11), 10'000), alone - 20);
    auto interactive = settings_with(1, 1);
    interactive.run.interactive_max = 10;
    EXPECT_EQ(affordable_connections(interactive, 10'000), alone - 40);
}

TEST(descriptor_limit, leaves_the_event_loops_removals_and_questions_of_the_daemon_what_they_need) {
    const std::size_t most = 10'000 - 192 - std::thread::hardware_concurrency() * 7;
    EXPECT_LT(affordable_connections(settings_with(1, 1), 10'000), most);
}

TEST(descriptor_limit, counts_no_waiting_containers_where_the_pool_is_off) {
    auto settings = settings_with(4, 1'000);
    settings.pool.enabled = false;
    EXPECT_EQ(affordable_connections(settings, 1'000), affordable_connections(settings_with(4, 0), 1'000));
}

TEST(descriptor_limit, always_affords_one_connection) {
    EXPECT_EQ(affordable_connections(settings_with(1'024, 10'000), 1'024), 1U);
    EXPECT_EQ(affordable_connections(settings_with(1, 1), 0), 1U);
}

TEST(descriptor_limit, raises_the_soft_limit_to_the_hard_one) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit lowered{before.rlim_max / 2, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &lowered), 0);

    EXPECT_EQ(raise_descriptor_limit(), before.rlim_max);

    rlimit after{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
    EXPECT_EQ(after.rlim_cur, before.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &before);
}

} // namespace
} // namespace docker_run
