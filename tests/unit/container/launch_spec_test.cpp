#include "container/launch_spec.hpp"
#include "container/leftovers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace docker_run {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

container_options options() {
    container_options options;
    options.container.user = "glot";
    options.container.cpus = 1;
    options.max_execution_time = 15s;
    options.max_output_size = 65'536;
    return options;
}

resolved_image image_with(const container_options& granted) {
    resolved_image image;
    image.reference = "docker-run/python";
    image.id = "sha256:" + std::string(64, 'a');
    image.options = std::make_shared<const container_options>(granted);
    return image;
}

docker::container_spec spec_with(const container_options& granted, const launch_details& details = {}) {
    return launch_spec(image_with(granted), details);
}

TEST(launch_spec, names_the_image_as_the_caller_did_or_by_its_content) {
    auto pinned = image_with(options());
    EXPECT_EQ(launch_spec(pinned, {}).image, "docker-run/python");
    pinned.by_content = true;
    EXPECT_EQ(launch_spec(pinned, {}).image, pinned.id);
}

TEST(launch_spec, makes_the_runner_of_the_host_the_entrypoint_of_a_stock_image) {
    EXPECT_THAT(spec_with(options()).entrypoint, IsEmpty());
    auto stock = options();
    stock.container.runner = "/usr/lib/docker-run/code_runner";
    stock.container.work_dir = {"/work", "rw,size=1m"};
    const auto spec = spec_with(stock);
    EXPECT_THAT(spec.entrypoint, ElementsAre("/.code_runner", "--path", "/work"));
    EXPECT_THAT(spec.environment, Contains("HOME=/work"));
    EXPECT_THAT(spec.host.mounts,
                ElementsAre(docker::bind_mount{"/usr/lib/docker-run/code_runner", "/.code_runner"}));
}

TEST(launch_spec, runs_as_the_user_that_is_its_own_where_it_has_one) {
    EXPECT_EQ(spec_with(options()).host.user, "glot");
    const auto own = spec_with(options(), {.uid = 20'007});
    EXPECT_EQ(own.host.user, "20007:20007");
    EXPECT_EQ(own.labels.at(label::uid), "20007");
}

TEST(launch_spec, brings_our_seccomp_profile_unless_the_operator_wants_the_engines) {
    auto granted = options();
    granted.container.inet = false;
    ASSERT_TRUE(spec_with(granted).profile);
    EXPECT_FALSE(spec_with(granted).profile->inet);
    granted.container.seccomp = seccomp_source::unenforced;
    EXPECT_TRUE(spec_with(granted).profile);
    EXPECT_THAT(spec_with(granted).environment, Contains("CODE_RUNNER_SECCOMP=unenforced"));
    granted.container.seccomp = seccomp_source::engine;
    EXPECT_FALSE(spec_with(granted).profile);
}

TEST(launch_spec, makes_every_volume_a_sized_tmpfs_before_those_of_the_operator) {
    auto granted = options();
    granted.container.tmp_dir = {"/tmp", "rw,size=1m"};
    auto with_volume = image_with(granted);
    with_volume.volumes = {"/data"};
    const auto mounts = launch_spec(with_volume, {}).tmpfs;
    ASSERT_EQ(mounts.size(), 2U);
    EXPECT_EQ(mounts[0].path, "/data");
    EXPECT_THAT(mounts[0].options, testing::HasSubstr("size="));
    EXPECT_EQ(mounts[1], (docker::tmpfs_mount{"/tmp", "rw,size=1m"}));
}

TEST(launch_spec, tells_the_runner_a_limit_that_is_a_little_shorter) {
    EXPECT_THAT(spec_with(options()).environment, Contains("CODE_RUNNER_TIME_LIMIT_MS=14700"));
    auto brief = options();
    brief.max_execution_time = 1s;
    brief.max_output_size = 12;
    EXPECT_THAT(spec_with(brief).environment, Contains("CODE_RUNNER_TIME_LIMIT_MS=900"));
    EXPECT_THAT(spec_with(brief).environment, Contains("CODE_RUNNER_OUTPUT_LIMIT=1024"));
}

TEST(launch_spec, lets_the_runner_start_an_interpreter_only_where_containers_may_wait) {
    EXPECT_THAT(spec_with(options(), {.prestart = true}).environment, Contains("CODE_RUNNER_PRESTART=1"));
    EXPECT_THAT(spec_with(options(), {.prestart = false}).environment, Contains("CODE_RUNNER_PRESTART=0"));
}

TEST(launch_spec, labels_say_whose_the_container_is_and_when_it_may_be_removed) {
    const std::chrono::system_clock::time_point now(1'000'000s + 1ms);
    const auto spec = spec_with(options(), {.instance = "me", .request = "r1", .ttl = 60s, .created = now});
    EXPECT_EQ(spec.labels.at(label::instance), "me");
    EXPECT_EQ(spec.labels.at(label::request), "r1");
    EXPECT_EQ(spec.labels.at(label::ttl), "60");
    EXPECT_EQ(spec.labels.at(label::deadline), "1000061");
    EXPECT_EQ(spec.labels.at(label::keep), "false");
    EXPECT_THAT(spec.labels, Not(Contains(testing::Key(std::string(label::caller)))));
}

} // namespace
} // namespace docker_run
