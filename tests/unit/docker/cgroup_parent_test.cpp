#include "docker/cgroup_parent.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_run::docker {
namespace {

TEST(cgroup_parent, is_the_path_of_a_slice_with_cgroupfs) {
    EXPECT_EQ(cgroupfs_path("dockerrun.slice"), "/dockerrun.slice");
    EXPECT_EQ(cgroupfs_path("a-b-c.slice"), "/a.slice/a-b.slice/a-b-c.slice");
}

TEST(cgroup_parent, does_not_end_like_a_slice_for_podman) {
    EXPECT_EQ(podman_cgroupfs_path("dockerrun.slice"), "/dockerrun");
    EXPECT_EQ(podman_cgroupfs_path("a-b.slice"), "/a.slice/a-b");
}

TEST(cgroup_parent, stays_as_it_is_where_it_is_no_slice) {
    for (const std::string parent : {"/docker-run", "/a/b.slice", ""}) {
        EXPECT_EQ(cgroupfs_path(parent), parent);
        EXPECT_EQ(podman_cgroupfs_path(parent), parent);
    }
}

} // namespace
} // namespace docker_run::docker
