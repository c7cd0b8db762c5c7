#include "failure.hpp"
#include "run_options.hpp"

#include <gtest/gtest.h>

#include <string>

namespace code_runner {
namespace {

using namespace std::chrono_literals;

TEST(run_options, are_all_optional) {
    EXPECT_FALSE(parse_options("{}").wall_time);
}

TEST(run_options, have_times_in_milliseconds) {
    EXPECT_EQ(parse_options(R"({"wallTime": 1})").wall_time, 1ms);
    EXPECT_EQ(parse_options(R"({"wallTime": 86400000})").wall_time, 24h);
}

TEST(run_options, refuse_what_they_do_not_know) {
    for (const char* text : {"", "{", "[]", "null", "1", R"({"wallTime": 0})", R"({"wallTime": 86400001})",
                             R"({"wallTime": -1})", R"({"wallTime": 1.5})", R"({"wallTime": "1"})",
                             R"({"wallTime": null})", R"({"walltime": 1})"})
        EXPECT_THROW(parse_options(text), failure) << text;
}

} // namespace
} // namespace code_runner
