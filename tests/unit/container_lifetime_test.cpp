#include "container_lifetime.hpp"

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

class container_lifetime : public testing::TestWithParam<lifetime_case> {};

TEST_P(container_lifetime, covers_the_slowest_container_and_little_more) {
    const auto& with = GetParam();
    engine_settings settings;
    settings.socket_path = "/none";
    settings.read_timeout = with.read_timeout;
    settings.write_timeout = with.write_timeout;
    const auto calls = docker::engine(settings).limits();
    const auto life = longest_life(calls, with.max_idle, with.execution_time);
    EXPECT_GE(life, slowest_container(with));
    EXPECT_LE(life, slowest_container(with) + 60s);
    EXPECT_LT(longest_creation(calls), life);
}

INSTANTIATE_TEST_SUITE_P(all_settings, container_lifetime,
                         testing::Values(lifetime_case{3s, 3s, 0s, 15s}, lifetime_case{10s, 10s, 3600s, 15s},
                                         lifetime_case{30s, 10s, 1100s, 20s},
                                         lifetime_case{31s, 1s, 3600s, 1s},
                                         lifetime_case{600s, 10s, 3600s, 300s},
                                         lifetime_case{1s, 600s, 0s, 86'400s},
                                         lifetime_case{86'400s, 86'400s, 86'400s, 86'400s}));

} // namespace
} // namespace docker_run
