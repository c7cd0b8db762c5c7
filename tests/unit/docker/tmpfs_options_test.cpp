#include "docker/tmpfs_options.hpp"

#include <gtest/gtest.h>

namespace docker_run::docker {
namespace {

constexpr std::int64_t mebibyte = 1024 * 1024;

TEST(tmpfs_options, name_their_size_in_the_units_of_mount) {
    EXPECT_EQ(tmpfs_size("rw,size=65536k,noexec"), 64 * mebibyte);
    EXPECT_EQ(tmpfs_size("size=64M"), 64 * mebibyte);
    EXPECT_EQ(tmpfs_size("size=2g"), 2048 * mebibyte);
    EXPECT_EQ(tmpfs_size("size=4097"), 4097);
    EXPECT_EQ(tmpfs_size("size=1m,size=2m"), 2 * mebibyte);
}

TEST(tmpfs_options, have_no_size_that_says_nothing) {
    for (const auto* options : {"", "rw", "size=", "size=50%", "size=x", "size=-1", "size=1kk", "size=0",
                                "size=9223372036854775807k", "resize=1m"})
        EXPECT_EQ(tmpfs_size(options), std::nullopt) << options;
}

TEST(tmpfs_options, get_an_inode_for_each_page_of_their_size) {
    EXPECT_EQ(complete_tmpfs_options("rw,size=64m,mode=700"), "rw,size=64m,mode=700,nr_inodes=16384");
    EXPECT_EQ(complete_tmpfs_options("size=1,uid=1"), "size=1,uid=1,nr_inodes=16");
    EXPECT_EQ(complete_tmpfs_options("size=64m,nr_inodes=7,gid=1"), "size=64m,nr_inodes=7,gid=1");
    EXPECT_EQ(complete_tmpfs_options("rw"), "rw,mode=1777");
}

TEST(tmpfs_options, lose_the_limit_of_inodes_for_podman) {
    EXPECT_EQ(without_inode_limit("rw,size=64m,nr_inodes=16384,mode=700"), "rw,size=64m,mode=700");
    EXPECT_EQ(without_inode_limit("nr_inodes=1"), "");
}

} // namespace
} // namespace docker_run::docker
