#include "failure.hpp"
#include "run_options.hpp"

#include <gtest/gtest.h>

#include <string>

namespace code_runner {
namespace {

using namespace std::chrono_literals;

TEST(run_options, are_all_optional) {
    const run_options options = parse_options("{}");
    EXPECT_FALSE(options.interactive);
    EXPECT_FALSE(options.window);
    EXPECT_FALSE(options.limits.processor_time);
    EXPECT_FALSE(options.limits.idle_time);
    EXPECT_FALSE(options.wall_time);
}

TEST(run_options, have_all_members_of_the_protocol) {
    const run_options options = parse_options(
        R"({"interactive": true, "rows": 1, "columns": 65535, "processorTime": 1, "idleTime": 2000,
            "wallTime": 86400000})");
    EXPECT_TRUE(options.interactive);
    ASSERT_TRUE(options.window);
    EXPECT_EQ(options.window->rows, 1);
    EXPECT_EQ(options.window->columns, 65535);
    EXPECT_EQ(options.limits.processor_time, 1ms);
    EXPECT_EQ(options.limits.idle_time, 2s);
    EXPECT_EQ(options.wall_time, 24h);
}

TEST(run_options, refuse_what_is_out_of_range) {
    for (const char* value : {"0", "86400001", "-1", "1.5", "\"1\"", "null", "true"})
        for (const char* name : {"processorTime", "idleTime", "wallTime"})
            EXPECT_THROW(parse_options(std::string{"{\""} + name + "\": " + value + "}"), failure) << value;
    for (const char* text : {R"({"interactive": 1})", R"({"interactive": true, "rows": 65536, "columns": 1})",
                             R"({"interactive": true, "rows": 1, "columns": 0})"})
        EXPECT_THROW(parse_options(text), failure) << text;
}

TEST(run_options, refuse_half_a_window_and_a_terminal_without_input) {
    for (const char* text : {R"({"interactive": true, "rows": 1})", R"({"interactive": true, "columns": 1})",
                             R"({"rows": 1, "columns": 1})"})
        EXPECT_THROW(parse_options(text), failure) << text;
}

TEST(run_options, refuse_what_they_do_not_know) {
    for (const char* text : {"", "{", "[]", "null", "1", R"({"walltime": 1})", R"({"": 1})"})
        EXPECT_THROW(parse_options(text), failure) << text;
}

} // namespace
} // namespace code_runner
