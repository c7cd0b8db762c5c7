#include "program/program_result.hpp"

#include <gtest/gtest.h>

namespace docker_run {
namespace {

using namespace std::chrono_literals;

TEST(program_result, has_every_member_of_the_answer) {
    const auto result = parse_program_result(
        R"({"stdout":"out","stderr":"err","error":"exit status 3","duration":7,"exitCode":3,"signal":null,)"
        R"("stage":"build","status":"build","truncated":{"stdout":false,"stderr":true},"cpuTime":5,)"
        R"("maxMemory":4096})");
    ASSERT_TRUE(result);
    EXPECT_EQ(result->standard_output, "out");
    EXPECT_EQ(result->standard_error, "err");
    EXPECT_EQ(result->error, "exit status 3");
    EXPECT_EQ(result->duration, 7ns);
    EXPECT_EQ(result->cpu_time, 5ns);
    EXPECT_EQ(result->exit_code, 3);
    EXPECT_EQ(result->signal, std::nullopt);
    EXPECT_EQ(result->stage, "build");
    EXPECT_EQ(result->status, "build");
    EXPECT_EQ(result->max_memory, 4096U);
    EXPECT_FALSE(result->output_truncated);
    EXPECT_TRUE(result->error_truncated);
}

TEST(program_result, of_a_runner_with_three_members_is_ok) {
    const auto result = parse_program_result(R"({"stdout":"1","stderr":"","error":""})");
    ASSERT_TRUE(result);
    EXPECT_EQ(result->standard_output, "1");
    EXPECT_EQ(result->status, "ok");
}

TEST(program_result, is_nothing_for_the_answer_of_another_runner) {
    for (const auto* answer :
         {"", "[]", "1", R"({"stdout":1})", R"({"exitCode":"3"})", R"({"truncated":[]})"})
        EXPECT_FALSE(parse_program_result(answer)) << answer;
}

} // namespace
} // namespace docker_run
