#include "container/engine_limits.hpp"
#include "docker/test_engine.hpp"

#include <gtest/gtest.h>
#include <spdlog/sinks/null_sink.h>

#include <memory>
#include <string>
#include <vector>

namespace docker_run {
namespace {

using docker::test::verb;

/// The features of an engine that limits everything but swap.
const std::string features = R"({"MemoryLimit":true,"SwapLimit":false,"PidsLimit":true,"CpuCfsPeriod":true,
    "CpuCfsQuota":true,"SecurityOptions":["name=seccomp,profile=default"],"CgroupDriver":"systemd"})";

container_settings limited_settings() {
    container_settings container;
    container.memory = container.memory_swap = 500;
    return container;
}

container_settings demanding_swap() {
    auto container = limited_settings();
    container.demanded.memory_swap = true;
    return container;
}

class limits : public testing::Test {
  protected:
    limits() { engine_.set_response(verb::get, "/info", {200, features}); }

    std::string refusal_for(const container_settings& container) {
        return docker::test::result_of(context_, limits_.refusal_for(container, true));
    }
    std::size_t requests() const { return engine_.requests(verb::get, "/info"); }

    boost::asio::io_context context_{1};
    docker::test::test_engine engine_;
    docker::engine client_{engine_.settings()};
    const logger log_{log_settings{}, std::make_shared<spdlog::sinks::null_sink_mt>()};
    engine_limits limits_{{limited_settings()}, client_, log_};
};

TEST_F(limits, refuse_a_container_only_for_a_demanded_limit) {
    EXPECT_EQ(refusal_for(limited_settings()), "");
    EXPECT_NE(refusal_for(demanding_swap()), "");
}

TEST_F(limits, are_asked_for_once) {
    EXPECT_FALSE(limits_.is_checked());
    refusal_for(limited_settings());
    EXPECT_TRUE(limits_.is_checked());
    refusal_for(demanding_swap());
    EXPECT_EQ(requests(), 1U);
}

TEST_F(limits, are_asked_for_again_when_the_engine_may_be_another_one) {
    refusal_for(limited_settings());
    limits_.invalidate();
    EXPECT_FALSE(limits_.is_checked());
    refusal_for(limited_settings());
    EXPECT_EQ(requests(), 2U);
}

TEST_F(limits, of_a_new_policy_are_checked_against_the_stored_answer) {
    refusal_for(limited_settings());
    ASSERT_EQ(limits_.unenforced().size(), 1U);
    EXPECT_EQ(limits_.unenforced().front().outcome, limit_check::result::missing);
    limits_.apply({limited_settings(), demanding_swap()});
    ASSERT_EQ(limits_.unenforced().size(), 1U);
    EXPECT_EQ(limits_.unenforced().front().outcome, limit_check::result::refused);
    EXPECT_EQ(requests(), 1U);
}

TEST_F(limits, stay_unknown_while_the_engine_does_not_tell_them) {
    engine_.set_response(verb::get, "/info", {500, R"({"message":"no"})"});
    EXPECT_THROW(refusal_for(limited_settings()), docker::engine_error);
    EXPECT_FALSE(limits_.is_checked());
    EXPECT_TRUE(limits_.unenforced().empty());
}

} // namespace
} // namespace docker_run
