#include "system/unique_fd.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>

#include <utility>

namespace docker_run {
namespace {

unique_fd open_null() {
    return unique_fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

bool is_open(int descriptor) {
    return ::fcntl(descriptor, F_GETFD) >= 0;
}

TEST(unique_fd_test, closes_its_descriptor_at_its_end) {
    int descriptor = -1;
    {
        const auto owner = open_null();
        descriptor = owner.get();
        ASSERT_TRUE(owner);
        EXPECT_TRUE(is_open(descriptor));
    }
    EXPECT_FALSE(is_open(descriptor));
}

TEST(unique_fd_test, hands_its_descriptor_on_when_it_is_moved) {
    auto first = open_null();
    const int descriptor = first.get();
    unique_fd second(std::move(first));
    EXPECT_EQ(second.get(), descriptor);

    auto third = open_null();
    const int replaced = third.get();
    third = std::move(second);
    EXPECT_EQ(third.get(), descriptor);
    EXPECT_TRUE(is_open(descriptor));
    EXPECT_FALSE(is_open(replaced));
}

TEST(unique_fd_test, closes_nothing_that_it_has_released) {
    auto owner = open_null();
    const unique_fd other(owner.release());
    EXPECT_FALSE(owner);
    owner.reset();
    EXPECT_TRUE(is_open(other.get()));
}

} // namespace
} // namespace docker_run
