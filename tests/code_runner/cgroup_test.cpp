#include "cgroup.hpp"

#include <gtest/gtest.h>

namespace code_runner {
namespace {

TEST(counts, are_read_from_both_cgroup_versions) {
    EXPECT_EQ(parse_count("low 0\nhigh 0\nmax 9\noom 2\noom_kill 3\noom_group_kill 0\n", "oom_kill"), 3U);
    EXPECT_EQ(parse_count("oom_kill_disable 0\nunder_oom 0\noom_kill 12\n", "oom_kill"), 12U);
    EXPECT_EQ(parse_count("max 41\n", "max"), 41U);
}

TEST(counts, are_none_where_the_file_says_nothing) {
    EXPECT_EQ(parse_count("", "max"), 0U);
    EXPECT_EQ(parse_count("max 1\nxoom_kill 5\n", "oom_kill"), 0U);
    EXPECT_EQ(parse_count("oom_kill x", "oom_kill"), 0U);
}

} // namespace
} // namespace code_runner
