#include "usage.hpp"

#include <gtest/gtest.h>

namespace code_runner {
namespace {

TEST(oom_kills, are_read_from_both_cgroup_versions) {
    EXPECT_EQ(parse_oom_kills("low 0\nhigh 0\nmax 9\noom 2\noom_kill 3\noom_group_kill 0\n"), 3U);
    EXPECT_EQ(parse_oom_kills("oom_kill_disable 0\nunder_oom 0\noom_kill 12\n"), 12U);
}

TEST(oom_kills, are_none_where_the_file_says_nothing) {
    EXPECT_EQ(parse_oom_kills(""), 0U);
    EXPECT_EQ(parse_oom_kills("max 1\nxoom_kill 5\n"), 0U);
    EXPECT_EQ(parse_oom_kills("oom_kill x"), 0U);
}

} // namespace
} // namespace code_runner
