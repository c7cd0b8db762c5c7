#include "docker/cgroup_parent.hpp"

#include <gtest/gtest.h>

namespace docker_run::docker {
namespace {

TEST(cgroup_parent, is_the_path_of_a_slice_with_cgroupfs) {
    EXPECT_EQ(cgroup_parent_for("cgroupfs", "dockerrun.slice"), "/dockerrun.slice");
    EXPECT_EQ(cgroup_parent_for("cgroupfs", "a-b-c.slice"), "/a.slice/a-b.slice/a-b-c.slice");
}

TEST(cgroup_parent, stays_as_it_is_otherwise) {
    EXPECT_EQ(cgroup_parent_for("systemd", "dockerrun.slice"), "dockerrun.slice");
    EXPECT_EQ(cgroup_parent_for("cgroupfs", "/docker-run"), "/docker-run");
    EXPECT_EQ(cgroup_parent_for("cgroupfs", "/a/b.slice"), "/a/b.slice");
    EXPECT_EQ(cgroup_parent_for("cgroupfs", ""), "");
    EXPECT_EQ(cgroup_parent_for("none", "dockerrun.slice"), "dockerrun.slice");
}

} // namespace
} // namespace docker_run::docker
