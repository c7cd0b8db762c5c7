#include "tmpfs_options.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace docker_run {
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

TEST(tmpfs_options, C12_get_an_inode_for_each_page_of_their_size) {
    EXPECT_EQ(complete_tmpfs_options("rw,size=64m,mode=700"), "rw,size=64m,mode=700,nr_inodes=16384");
    EXPECT_EQ(complete_tmpfs_options("size=1,uid=1"), "size=1,uid=1,nr_inodes=16");
    EXPECT_EQ(complete_tmpfs_options("size=64m,nr_inodes=7,gid=1"), "size=64m,nr_inodes=7,gid=1");
    EXPECT_EQ(complete_tmpfs_options("rw"), "rw,mode=1777");
}

TEST(tmpfs_options, D16_lose_the_limit_of_inodes_for_podman) {
    EXPECT_EQ(without_inode_limit("rw,size=64m,nr_inodes=16384,mode=700"), "rw,size=64m,mode=700");
    EXPECT_EQ(without_inode_limit("nr_inodes=1"), "");
}

container_settings with_memory(std::int64_t memory) {
    container_settings container;
    container.memory = memory;
    container.tmp_dir = tmpfs_mount{"/tmp", "size=64m"};
    container.work_dir = tmpfs_mount{"/work", "size=128m"};
    return container;
}

TEST(tmpfs_options, C11_say_whether_the_memory_holds_them_full) {
    EXPECT_EQ(tmpfs_total(with_memory(512 * mebibyte)), 208 * mebibyte);
    EXPECT_TRUE(holds_full_tmpfs(with_memory(240 * mebibyte)));
    EXPECT_FALSE(holds_full_tmpfs(with_memory(240 * mebibyte - 1)));
}

TEST(tmpfs_options, C11_without_a_size_may_take_all_the_memory) {
    auto container = with_memory(512 * mebibyte);
    container.tmp_dir->options = "rw";
    EXPECT_FALSE(holds_full_tmpfs(container));
}

TEST(tmpfs_options, without_a_size_do_not_overflow_the_sum_with_the_largest_memory) {
    auto container = with_memory(std::numeric_limits<std::int64_t>::max());
    container.tmp_dir->options = container.work_dir->options = "rw";
    EXPECT_EQ(tmpfs_total(container), std::numeric_limits<std::int64_t>::max());
    EXPECT_FALSE(holds_full_tmpfs(container));
}

} // namespace
} // namespace docker_run
