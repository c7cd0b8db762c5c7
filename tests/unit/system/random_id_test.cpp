#include "system/random_id.hpp"

#include <gtest/gtest.h>

namespace docker_run {
namespace {

TEST(random_id_test, has_two_lower_case_digits_for_each_byte) {
    EXPECT_EQ(random_id().size(), 32U);
    EXPECT_EQ(random_id(6).size(), 12U);
    EXPECT_EQ(random_id(64).find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(random_id_test, differs_each_time) {
    EXPECT_NE(random_id(), random_id());
}

} // namespace
} // namespace docker_run
