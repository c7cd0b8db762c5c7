#include "docker/stream_frame.hpp"
#include "run/run_verdict.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_run {
namespace {

using docker::container_state;

constexpr verdict_limits limits{100, 64};

conversation_result ended(conversation_end how) {
    conversation_result talk;
    talk.end = how;
    talk.payload_taken = true;
    return talk;
}

container_state exited(int code, bool oom = false) {
    container_state state;
    state.exit_code = code;
    state.oom_killed = oom;
    return state;
}

run_result verdict(const conversation_result& talk, const std::string& stream,
                   const std::optional<container_state>& state = std::nullopt) {
    run_output output(limits.max_output_size);
    output.feed(stream);
    return verdict_of(talk, output, state, limits);
}

run_failure failure(const run_result& result) {
    if (const auto* found = std::get_if<run_failure>(&result))
        return *found;
    return {run_error::draining, "not a failure: " + std::get<std::string>(result)};
}

TEST(run_verdict, a_complete_object_goes_through_byte_for_byte) {
    const auto result =
        verdict(ended(conversation_end::settled), test::stream_frame(1, "{ \"b\":1.0, \"a\":\"\\u00e9\" }"));
    EXPECT_EQ(std::get<std::string>(result), "{ \"b\":1.0, \"a\":\"\\u00e9\" }");
}

TEST(run_verdict, an_object_that_is_no_json_is_named_with_its_offset) {
    const auto found =
        failure(verdict(ended(conversation_end::settled), test::stream_frame(1, "{\"a\":1e400}")));
    EXPECT_EQ(found.error, run_error::not_decodable);
    EXPECT_NE(found.message.find("at byte"), std::string::npos) << found.message;
}

TEST(run_verdict, words_on_stderr_win_over_an_object) {
    const auto found = failure(verdict(ended(conversation_end::settled),
                                       test::stream_frame(2, "warned") + test::stream_frame(1, "{}")));
    EXPECT_EQ(found.error, run_error::runner_stderr);
    EXPECT_EQ(found.message, "Code runner failed with the following message: warned");
}

TEST(run_verdict, words_on_stderr_win_over_the_missing_object) {
    const auto found = failure(
        verdict(ended(conversation_end::end_of_stream), test::stream_frame(2, "no such file"), exited(1)));
    EXPECT_EQ(found.error, run_error::runner_stderr);
}

TEST(run_verdict, words_of_podmans_about_unread_stdin_are_not_the_programs) {
    const std::string broken = "Error: write unixpacket @->/proc/self/fd/13/attach: write: broken pipe\n";
    const std::string reset = "Error: read unixpacket @->/a/attach: read: connection reset by peer\n";
    for (const auto& words : {broken, reset}) {
        const auto answered = verdict(ended(conversation_end::settled),
                                      test::stream_frame(2, words) + test::stream_frame(1, "{}"));
        EXPECT_EQ(std::get<std::string>(answered), "{}");
        const auto silent =
            failure(verdict(ended(conversation_end::end_of_stream), test::stream_frame(2, words), exited(7)));
        EXPECT_EQ(silent.error, run_error::not_decodable);
    }
    for (const auto& words : {"mine\n" + broken, broken + "mine\n", std::string("Error: broken pipe\n")}) {
        const auto found = failure(verdict(ended(conversation_end::settled),
                                           test::stream_frame(2, words) + test::stream_frame(1, "{}")));
        EXPECT_EQ(found.error, run_error::runner_stderr) << words;
    }
}

TEST(run_verdict, a_passed_deadline_wins_over_everything_printed) {
    const auto found = failure(verdict(ended(conversation_end::deadline),
                                       test::stream_frame(2, "x") + test::stream_frame(1, "{\"a\"")));
    EXPECT_EQ(found.error, run_error::time_limit);
    EXPECT_EQ(found.message, "Failed while reading stream: Max execution time exceeded");
}

TEST(run_verdict, too_much_output_names_the_limit) {
    const auto found =
        failure(verdict(ended(conversation_end::settled), test::stream_frame(1, std::string(101, 'x'))));
    EXPECT_EQ(found.error, run_error::output_limit);
    EXPECT_EQ(found.message, "Failed while reading stream: Max output size exceeded (100 bytes)");
}

TEST(run_verdict, a_missing_object_is_explained_by_how_the_container_ended) {
    const struct {
        container_state state;
        std::string why;
    } cases[] = {
        {exited(0), "the output is empty; the container ended with exit code 0"},
        {exited(7), "exit code 7"},
        {exited(139), "signal 11 (SIGSEGV)"},
        {exited(137), "signal 9 (SIGKILL)"},
        {exited(137, true), "a kill for memory (limit 64 bytes)"},
        {exited(1, true), "exit code 1, and a process in it was killed for memory (limit 64 bytes)"},
    };
    for (const auto& [state, why] : cases) {
        const auto found = failure(verdict(ended(conversation_end::end_of_stream), "", state));
        EXPECT_EQ(found.error, run_error::not_decodable);
        EXPECT_TRUE(found.message.ends_with(why)) << found.message;
        EXPECT_TRUE(found.message.starts_with("Failed to decode json returned from code runner: "));
    }
}

TEST(run_verdict, a_kill_for_memory_names_the_tmpfs_where_they_may_have_caused_it) {
    const verdict_limits tight{100, 64, false};
    EXPECT_EQ(describe_end(exited(137, true), tight),
              "a kill for memory (limit 64 bytes, files in its tmpfs included)");
}

TEST(run_verdict, a_cut_object_and_no_object_are_told_apart) {
    const auto cut =
        failure(verdict(ended(conversation_end::end_of_stream), test::stream_frame(1, "{\"a\":"), exited(0)));
    EXPECT_NE(cut.message.find("ends before its object does"), std::string::npos);
    const auto text =
        failure(verdict(ended(conversation_end::end_of_stream), test::stream_frame(1, "[1]"), exited(0)));
    EXPECT_NE(text.message.find("not a JSON object"), std::string::npos);
}

TEST(run_verdict, an_end_that_the_engine_can_not_explain_is_a_broken_stream) {
    EXPECT_EQ(failure(verdict(ended(conversation_end::end_of_stream), "")).error, run_error::stream_read);
}

TEST(run_verdict, a_stream_that_ends_while_the_container_lives_is_told_by_what_the_payload_came_to) {
    container_state running;
    running.now = container_state::phase::running;
    EXPECT_EQ(failure(verdict(ended(conversation_end::end_of_stream), "", running)).error,
              run_error::stream_read);
    auto refused = ended(conversation_end::end_of_stream);
    refused.payload_taken = false;
    EXPECT_EQ(failure(verdict(refused, "", running)).error, run_error::payload_not_taken);
}

TEST(run_verdict, a_payload_that_a_dead_container_did_not_take_is_no_fault_of_the_payload) {
    auto refused = ended(conversation_end::end_of_stream);
    refused.payload_taken = false;
    EXPECT_EQ(failure(verdict(refused, "", exited(3))).error, run_error::not_decodable);
}

TEST(run_verdict, frames_that_must_not_come_are_named) {
    EXPECT_EQ(failure(verdict(ended(conversation_end::settled), test::stream_frame(0, "in"))).error,
              run_error::unexpected_stdin);
    EXPECT_EQ(failure(verdict(ended(conversation_end::settled), test::stream_frame(3, "engine"))).message,
              "Failed while reading stream: engine");
}

TEST(run_verdict, two_objects_are_no_object) {
    EXPECT_EQ(failure(verdict(ended(conversation_end::settled), test::stream_frame(1, "{}{}"))).error,
              run_error::not_decodable);
}

} // namespace
} // namespace docker_run
