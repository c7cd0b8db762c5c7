#include "image/time_budget.hpp"

#include <gtest/gtest.h>

namespace docker_run {
namespace {

using namespace std::chrono_literals;

struct lifetime_case {
    std::chrono::seconds read_timeout;
    std::chrono::seconds write_timeout;
    std::chrono::seconds max_idle;
    std::chrono::seconds execution_time;
};

/// The steps of the slowest container that keeps all rules, each added up by hand.
std::chrono::seconds slowest_container(const lifetime_case& with) {
    const auto small = with.write_timeout + with.read_timeout;
    const auto heavy = with.write_timeout + std::max<std::chrono::seconds>(30s, with.read_timeout);
    const auto version = small;   // asked for before a call, where the engine may have been replaced
    auto life = version + heavy;  // create
    life += version + heavy;      // attach
    life += version + heavy;      // start
    life += version + small;      // the image is looked up again
    life += with.max_idle + 1s;   // until the pool looks
    life += with.execution_time;  // the run
    life += 1s + version + small; // the engine is asked how it ended
    life += 1s + version + heavy; // a permit, and the delete
    return life;
}

class time_budget_of_a_container : public testing::TestWithParam<lifetime_case> {};

TEST_P(time_budget_of_a_container, covers_the_slowest_container_and_little_more) {
    const auto& with = GetParam();
    docker::engine_settings settings;
    settings.socket_path = "/none";
    settings.read_timeout = with.read_timeout;
    settings.write_timeout = with.write_timeout;
    const auto calls = docker::engine(settings).limits();
    const auto life = time_budget(with.execution_time).container_life(calls, with.max_idle);
    EXPECT_GE(life, slowest_container(with));
    EXPECT_LE(life, slowest_container(with) + 60s);
    EXPECT_LT(longest_creation(calls), life);
    EXPECT_EQ(time_budget(with.execution_time).container_life(calls, with.max_idle, 600s), life + 600s);
}

INSTANTIATE_TEST_SUITE_P(all_settings, time_budget_of_a_container,
                         testing::Values(lifetime_case{3s, 3s, 0s, 15s}, lifetime_case{10s, 10s, 3600s, 15s},
                                         lifetime_case{30s, 10s, 1100s, 20s},
                                         lifetime_case{31s, 1s, 3600s, 1s},
                                         lifetime_case{600s, 10s, 3600s, 300s},
                                         lifetime_case{1s, 600s, 0s, 86'400s},
                                         lifetime_case{86'400s, 86'400s, 86'400s, 86'400s}));

struct budget_case {
    std::chrono::seconds run;
    std::chrono::milliseconds runner;
    std::chrono::seconds cpu_of_one, cpu_of_half, drain, least_stop, default_stop;
};

TEST(time_budget, derives_every_time_from_that_of_a_run) {
    const budget_case cases[] = {
        {1s, 900ms, 2s, 2s, 6s, 6s, 16s},
        {5s, 4'900ms, 6s, 4s, 10s, 10s, 20s},
        {15s, 14'700ms, 16s, 9s, 20s, 20s, 30s},
        {300s, 294'000ms, 301s, 151s, 305s, 305s, 315s},
    };
    for (const auto& each : cases) {
        const time_budget budget(each.run);
        EXPECT_EQ(budget.run(), each.run);
        EXPECT_EQ(budget.runner(), each.runner);
        EXPECT_EQ(budget.cpu(1), each.cpu_of_one);
        EXPECT_EQ(budget.cpu(0.5), each.cpu_of_half);
        EXPECT_EQ(budget.drain(), each.drain);
        EXPECT_EQ(budget.least_stop(), each.least_stop);
        EXPECT_EQ(budget.default_stop(), each.default_stop);
    }
    EXPECT_EQ(time_budget(1s).cpu(0.01), 2s);
    EXPECT_EQ(time_budget(15s).cpu(2), 31s);
}

} // namespace
} // namespace docker_run
