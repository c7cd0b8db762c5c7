#include "verdict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

namespace code_runner {
namespace {

using reason = stage_end::reason;

// The encoding of waitpid(2).
constexpr int exited_with(int code) {
    return code << 8;
}

verdict judge_run(reason why, int wait_status, const reached_limits& reached = {}) {
    return judge(stage::run, {why, wait_status, std::chrono::nanoseconds{3}}, reached);
}

TEST(verdict, of_a_success_has_no_error) {
    const verdict result = judge_run(reason::exited, exited_with(0));
    EXPECT_EQ(result.status, status::ok);
    EXPECT_EQ(result.error, "");
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.duration.count(), 3);
}

TEST(verdict, names_the_exit_code) {
    const verdict result = judge_run(reason::exited, exited_with(7));
    EXPECT_EQ(result.status, status::exit);
    EXPECT_EQ(result.error, "Exit code: 7");
    EXPECT_EQ(result.exit_code, 7);
    EXPECT_FALSE(result.signal);
}

TEST(verdict, names_the_signal) {
    const verdict result = judge_run(reason::exited, SIGSEGV);
    EXPECT_EQ(result.status, status::signal);
    EXPECT_EQ(result.error, "Signal: SIGSEGV (segmentation fault)");
    EXPECT_EQ(result.signal, SIGSEGV);
    EXPECT_FALSE(result.exit_code);
    EXPECT_EQ(judge_run(reason::exited, 40).error, "Signal: 40");
}

TEST(verdict, tells_the_limits_apart) {
    EXPECT_EQ(judge_run(reason::time, 0).status, status::time);
    EXPECT_EQ(judge_run(reason::time, 0).error, "Time limit exceeded");
    EXPECT_FALSE(judge_run(reason::time, 0).exit_code);
    EXPECT_EQ(judge_run(reason::output, 0).status, status::output);
    EXPECT_EQ(judge_run(reason::output, 0).error, "Output limit exceeded");
}

TEST(verdict, blames_a_limit_only_for_a_failure) {
    const reached_limits memory{.memory = true};
    const verdict killed = judge_run(reason::exited, SIGKILL, memory);
    EXPECT_EQ(killed.status, status::memory);
    EXPECT_EQ(killed.error, "Memory limit exceeded");
    EXPECT_EQ(killed.signal, SIGKILL);
    EXPECT_EQ(judge_run(reason::exited, exited_with(1), memory).status, status::memory);
    EXPECT_EQ(judge_run(reason::exited, exited_with(0), memory).status, status::ok);
}

TEST(verdict, names_the_limit_that_was_reached) {
    const verdict forks = judge_run(reason::exited, exited_with(2), {.processes = true, .disk = true});
    EXPECT_EQ(forks.status, status::processes);
    EXPECT_EQ(forks.error, "Process limit exceeded");
    EXPECT_EQ(forks.exit_code, 2);
    const verdict full = judge(stage::build, {reason::exited, exited_with(1), {}}, {.disk = true});
    EXPECT_EQ(full.status, status::disk);
    EXPECT_EQ(full.error, "Disk limit exceeded");
    EXPECT_EQ(judge_run(reason::time, 0, {.processes = true}).status, status::time);
}

TEST(verdict, of_a_failed_build_says_so) {
    const verdict result = judge(stage::build, {reason::exited, exited_with(1), {}}, {});
    EXPECT_EQ(result.stage, stage::build);
    EXPECT_EQ(result.status, status::build);
    EXPECT_EQ(result.error, "Exit code: 1");
    EXPECT_EQ(judge(stage::build, {reason::exited, SIGSEGV, {}}, {}).status, status::build);
    EXPECT_EQ(judge(stage::build, {reason::exited, exited_with(0), {}}, {}).status, status::ok);
    EXPECT_EQ(judge(stage::build, {reason::time, 0, {}}, {}).status, status::time);
}

TEST(verdict, of_a_program_that_did_not_start_has_no_exit_code) {
    const verdict result = judge_not_started(stage::run, ENOENT);
    EXPECT_EQ(result.error, "Error while executing command. No such file or directory (os error 2)");
    EXPECT_EQ(result.status, status::exit);
    EXPECT_FALSE(result.exit_code);
    EXPECT_EQ(judge_not_started(stage::build, ENOENT).status, status::build);
}

} // namespace
} // namespace code_runner
