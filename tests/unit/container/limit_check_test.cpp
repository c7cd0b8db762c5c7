#include "container/limit_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace docker_run {
namespace {

using result = limit_check::result;
using testing::HasSubstr;

docker::engine_info able() {
    docker::engine_info engine;
    engine.memory_limit = engine.swap_limit = engine.pids_limit = engine.cpu_quota = engine.seccomp = true;
    engine.takes_profiles = true;
    engine.runtimes = {"runc", "runsc"};
    engine.default_runtime = "runc";
    engine.cgroup_driver = "cgroupfs";
    return engine;
}

container_settings limited() {
    container_settings container;
    container.memory = container.memory_swap = 500;
    container.pids_limit = 64;
    container.cpus = 1.5;
    return container;
}

container_settings demanding() {
    auto container = limited();
    container.demanded = {.memory_swap = true, .pids_limit = true, .cpus = true};
    return container;
}

limit_check find(const std::vector<limit_check>& checks, const std::string& limit) {
    const auto check = std::ranges::find(checks, limit, &limit_check::limit);
    return check == checks.end()
               ? limit_check{.limit = "no such row", .variable = {}, .value = {}, .reason = {}}
               : *check;
}

TEST(limit_check, finds_every_limit_enforced_by_an_engine_that_can) {
    for (const auto& each : check_limits(limited(), able())) {
        EXPECT_EQ(each.outcome, result::enforced) << each.limit;
        EXPECT_EQ(each.reason, "");
    }
}

TEST(limit_check, refuses_runs_only_where_the_operator_has_set_the_limit) {
    auto engine = able();
    engine.memory_limit = engine.swap_limit = engine.pids_limit = engine.cpu_quota = false;
    const auto by_default = check_limits(limited(), engine);
    const auto demanded = check_limits(demanding(), engine);
    for (const auto* limit : {"swap", "processes", "CPUs"}) {
        EXPECT_EQ(find(by_default, limit).outcome, result::missing) << limit;
        EXPECT_EQ(find(demanded, limit).outcome, result::refused) << limit;
    }
    EXPECT_EQ(find(demanded, "memory").outcome, result::missing) << "the predecessor had that variable";
    EXPECT_EQ(to_string(find(demanded, "CPUs")),
              "DOCKER_CONTAINER_CPUS, 1.5: the engine's kernel has no CPU quota");
}

container_settings limited(seccomp_source source) {
    auto container = limited();
    container.seccomp = source;
    return container;
}

docker::engine_info without_seccomp() {
    auto engine = able();
    engine.seccomp = engine.takes_profiles = false;
    return engine;
}

docker::engine_info podman() {
    auto engine = able();
    engine.takes_profiles = false;
    return engine;
}

TEST(limit_check, misses_a_seccomp_profile) {
    const auto verdict = [](seccomp_source source, const docker::engine_info& engine) {
        return find(check_limits(limited(source), engine), "system calls").outcome;
    };
    auto unconfined = able();
    unconfined.seccomp = false;
    EXPECT_EQ(verdict(seccomp_source::docker_run, without_seccomp()), result::missing);
    EXPECT_EQ(verdict(seccomp_source::docker_run, unconfined), result::enforced) << "ours is sent";
    EXPECT_EQ(verdict(seccomp_source::engine, unconfined), result::missing);
    EXPECT_EQ(verdict(seccomp_source::docker_run, podman()), result::enforced);
}

TEST(limit_check, refuses_an_image_whose_system_calls_nothing_would_filter) {
    const auto reason = [](seccomp_source source, const docker::engine_info& engine,
                           bool has_runner = false) {
        return unfiltered(limited(source), engine, has_runner);
    };
    EXPECT_EQ(reason(seccomp_source::docker_run, able()), "");
    EXPECT_THAT(reason(seccomp_source::docker_run, podman()), HasSubstr("DOCKER_CONTAINER_SECCOMP"));
    EXPECT_THAT(reason(seccomp_source::docker_run, without_seccomp()), HasSubstr("DOCKER_CONTAINER_SECCOMP"));
    EXPECT_EQ(reason(seccomp_source::docker_run, without_seccomp(), true), "")
        << "its runner filters or fails";
    EXPECT_EQ(reason(seccomp_source::engine, podman()), "") << "the operator relies on the engine's profile";
    EXPECT_NE(reason(seccomp_source::engine, without_seccomp()), "");
    EXPECT_EQ(reason(seccomp_source::unenforced, without_seccomp()), "");
}

TEST(limit_check, refuses_a_runtime_that_the_engine_does_not_know) {
    auto container = limited();
    const auto verdict = [&container](const std::string& runtime) {
        container.runtime = runtime;
        return find(check_limits(container, able()), "runtime");
    };
    EXPECT_EQ(verdict("").outcome, result::enforced);
    EXPECT_EQ(verdict("runsc").outcome, result::enforced);
    EXPECT_EQ(verdict("io.containerd.runsc.v1").outcome, result::enforced) << "an engine does not list shims";
    EXPECT_EQ(verdict("kata").outcome, result::refused);
    EXPECT_EQ(verdict("kata").reason, "the engine knows no such runtime, only runc, runsc");
}

TEST(limit_check, refuses_a_cgroup_parent_that_is_not_of_the_drivers_form) {
    const auto reason = [](const std::string& driver, const std::string& parent) {
        auto engine = able();
        engine.cgroup_driver = driver;
        auto container = limited();
        container.cgroup_parent = parent;
        const auto check = find(check_limits(container, engine), "cgroup parent");
        EXPECT_EQ(check.outcome, check.reason.empty() ? result::enforced : result::refused);
        return check.reason;
    };
    EXPECT_EQ(reason("systemd", "dockerrun.slice"), "");
    EXPECT_EQ(reason("cgroupfs", "/docker-run"), "");
    EXPECT_THAT(reason("systemd", "/docker-run"), HasSubstr("takes a slice"));
    EXPECT_EQ(reason("cgroupfs", "dockerrun.slice"), "") << "it is sent as the path of the slice";
    EXPECT_THAT(reason("none", "dockerrun.slice"), HasSubstr("no cgroup driver"));
}

TEST(limit_check, finds_the_worst_of_each_limit_over_all_rules) {
    auto engine = able();
    engine.cpu_quota = false;
    EXPECT_THAT(unenforced_limits({limited()}, able()), testing::IsEmpty());
    const auto unenforced = unenforced_limits({limited(), demanding(), limited()}, engine);
    ASSERT_EQ(unenforced.size(), 1U);
    EXPECT_EQ(unenforced.front().limit, "CPUs");
    EXPECT_EQ(unenforced.front().outcome, result::refused);
    EXPECT_EQ(refusal(unenforced), "the engine does not enforce " + to_string(unenforced.front()));
    EXPECT_EQ(refusal(unenforced_limits({limited()}, engine)), "");
}

TEST(limit_check, reads_in_an_engines_warning_which_demanded_limit_it_left_out) {
    const std::string no_swap = "Your kernel does not support swap limit capabilities or the cgroup is not "
                                "mounted. Memory limited without swap.";
    const std::string no_pids = "Your kernel does not support PIDs limit capabilities or the cgroup is not "
                                "mounted. PIDs limit discarded.";
    EXPECT_TRUE(discards_demanded_limit(no_swap, {.memory_swap = true}));
    EXPECT_TRUE(discards_demanded_limit(no_pids, {.pids_limit = true}));
    EXPECT_FALSE(discards_demanded_limit(no_swap, {.pids_limit = true}));
    EXPECT_FALSE(discards_demanded_limit(no_pids, {}));
    EXPECT_FALSE(discards_demanded_limit("the image is old", {true, true, true}));
}

} // namespace
} // namespace docker_run
