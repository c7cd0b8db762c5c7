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

stage_verdict verdict_of_run(reason why, int wait_status, const reached_limits& reached = {}) {
    return verdict_of(program_stage::run, {why, wait_status, std::chrono::nanoseconds{3}}, reached);
}

TEST(verdict, of_a_success_has_no_error) {
    const stage_verdict result = verdict_of_run(reason::exited, exited_with(0));
    EXPECT_EQ(result.status, program_status::ok);
    EXPECT_EQ(result.error, "");
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.duration.count(), 3);
}

TEST(verdict, names_the_exit_code) {
    const stage_verdict result = verdict_of_run(reason::exited, exited_with(7));
    EXPECT_EQ(result.status, program_status::exit);
    EXPECT_EQ(result.error, "Exit code: 7");
    EXPECT_EQ(result.exit_code, 7);
    EXPECT_FALSE(result.signal);
}

TEST(verdict, names_the_signal) {
    const stage_verdict result = verdict_of_run(reason::exited, SIGSEGV);
    EXPECT_EQ(result.status, program_status::signal);
    EXPECT_EQ(result.error, "Signal: SIGSEGV (segmentation fault)");
    EXPECT_EQ(result.signal, SIGSEGV);
    EXPECT_FALSE(result.exit_code);
    EXPECT_EQ(verdict_of_run(reason::exited, 40).error, "Signal: 40");
}

TEST(verdict, tells_the_limits_apart) {
    EXPECT_EQ(verdict_of_run(reason::time, 0).status, program_status::time);
    EXPECT_EQ(verdict_of_run(reason::time, 0).error, "Time limit exceeded");
    EXPECT_FALSE(verdict_of_run(reason::time, 0).exit_code);
    EXPECT_EQ(verdict_of_run(reason::idle, 0).status, program_status::idle);
    EXPECT_EQ(verdict_of_run(reason::idle, 0).error, "Idle time limit exceeded");
    EXPECT_EQ(verdict_of_run(reason::output, 0).status, program_status::output);
    EXPECT_EQ(verdict_of_run(reason::output, 0).error, "Output limit exceeded");
}

TEST(verdict, blames_a_limit_only_for_a_failure) {
    const reached_limits memory{.memory = true};
    const stage_verdict killed = verdict_of_run(reason::exited, SIGKILL, memory);
    EXPECT_EQ(killed.status, program_status::memory);
    EXPECT_EQ(killed.error, "Memory limit exceeded");
    EXPECT_EQ(killed.signal, SIGKILL);
    EXPECT_EQ(verdict_of_run(reason::exited, exited_with(1), memory).status, program_status::memory);
    EXPECT_EQ(verdict_of_run(reason::exited, exited_with(0), memory).status, program_status::ok);
}

TEST(verdict, names_the_limit_that_was_reached) {
    const stage_verdict forks =
        verdict_of_run(reason::exited, exited_with(2), {.processes = true, .disk = true});
    EXPECT_EQ(forks.status, program_status::processes);
    EXPECT_EQ(forks.error, "Process limit exceeded");
    EXPECT_EQ(forks.exit_code, 2);
    const stage_verdict full =
        verdict_of(program_stage::build, {reason::exited, exited_with(1), {}}, {.disk = true});
    EXPECT_EQ(full.status, program_status::disk);
    EXPECT_EQ(full.error, "Disk limit exceeded");
    EXPECT_EQ(verdict_of_run(reason::time, 0, {.processes = true}).status, program_status::time);
}

TEST(verdict, of_a_failed_build_says_so) {
    const stage_verdict result = verdict_of(program_stage::build, {reason::exited, exited_with(1), {}}, {});
    EXPECT_EQ(result.stage, program_stage::build);
    EXPECT_EQ(result.status, program_status::build);
    EXPECT_EQ(result.error, "Exit code: 1");
    EXPECT_EQ(verdict_of(program_stage::build, {reason::exited, SIGSEGV, {}}, {}).status,
              program_status::build);
    EXPECT_EQ(verdict_of(program_stage::build, {reason::exited, exited_with(0), {}}, {}).status,
              program_status::ok);
    EXPECT_EQ(verdict_of(program_stage::build, {reason::time, 0, {}}, {}).status, program_status::time);
}

TEST(verdict, of_a_program_that_did_not_start_has_no_exit_code) {
    const stage_verdict result = verdict_of_failed_start(program_stage::run, ENOENT);
    EXPECT_EQ(result.error, "Error while executing command. No such file or directory (os error 2)");
    EXPECT_EQ(result.status, program_status::exit);
    EXPECT_FALSE(result.exit_code);
    EXPECT_EQ(verdict_of_failed_start(program_stage::build, ENOENT).status, program_status::build);
}

} // namespace
} // namespace code_runner
