#include "image/container_settings.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace docker_run {
namespace {

constexpr std::int64_t mebibyte = 1024 * 1024;

container_settings with_memory(std::int64_t memory) {
    container_settings container;
    container.memory = memory;
    container.tmp_dir = docker::tmpfs_mount{"/tmp", "size=64m"};
    container.work_dir = docker::tmpfs_mount{"/work", "size=128m"};
    return container;
}

TEST(container_settings, say_whether_the_memory_holds_every_tmpfs_full) {
    EXPECT_EQ(tmpfs_total(with_memory(512 * mebibyte)), 208 * mebibyte);
    EXPECT_TRUE(holds_full_tmpfs(with_memory(240 * mebibyte)));
    EXPECT_FALSE(holds_full_tmpfs(with_memory(240 * mebibyte - 1)));
}

TEST(container_settings, let_a_tmpfs_without_a_size_take_all_the_memory) {
    auto container = with_memory(512 * mebibyte);
    container.tmp_dir->options = "rw";
    EXPECT_FALSE(holds_full_tmpfs(container));
}

TEST(container_settings, with_a_tmpfs_without_a_size_do_not_overflow_the_sum_with_the_largest_memory) {
    auto container = with_memory(std::numeric_limits<std::int64_t>::max());
    container.tmp_dir->options = container.work_dir->options = "rw";
    EXPECT_EQ(tmpfs_total(container), std::numeric_limits<std::int64_t>::max());
    EXPECT_FALSE(holds_full_tmpfs(container));
}

} // namespace
} // namespace docker_run
