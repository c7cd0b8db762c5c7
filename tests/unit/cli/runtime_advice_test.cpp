#include "cli/runtime_advice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace docker_run {
namespace {

using testing::HasSubstr;

docker::engine_info engine_with(std::vector<std::string> runtimes, std::string default_runtime = "runc") {
    docker::engine_info engine;
    engine.takes_runtime = true;
    engine.runtimes = std::move(runtimes);
    engine.default_runtime = std::move(default_runtime);
    return engine;
}

TEST(runtime_advice, names_the_setting_that_selects_crun) {
    const auto engine = engine_with({"crun", "runc"});
    EXPECT_THAT(advice_on_runtime("", engine), HasSubstr("DOCKER_CONTAINER_RUNTIME=crun"));
    EXPECT_EQ(advice_on_runtime("runc", engine), advice_on_runtime("", engine));
}

TEST(runtime_advice, is_silent_where_crun_is_used_or_unknown) {
    EXPECT_EQ(advice_on_runtime("crun", engine_with({"crun", "runc"})), "");
    EXPECT_EQ(advice_on_runtime("", engine_with({"crun", "runc"}, "crun")), "");
    EXPECT_EQ(advice_on_runtime("", engine_with({"io.containerd.runc.v2", "runc"})), "");
}

TEST(runtime_advice, leaves_alone_who_chose_something_else_than_runc) {
    EXPECT_EQ(advice_on_runtime("runsc", engine_with({"crun", "runc", "runsc"})), "");
}

TEST(runtime_advice, is_silent_where_the_engine_ignores_the_setting) {
    auto engine = engine_with({"crun", "runc"});
    engine.takes_runtime = false;
    EXPECT_EQ(advice_on_runtime("", engine), "");
}

} // namespace
} // namespace docker_run
