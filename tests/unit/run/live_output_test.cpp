#include "run/live_output.hpp"
#include "run/runner_frames.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

namespace docker_run {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;
using test::on_stderr;
using test::on_stdout;
using test::runner_frame;
using test::sealed_answer;
using testing::HasSubstr;
using testing::Not;

constexpr verdict_limits limits_of_test{1000, 64};

/// Writes each event as a word: "start run out:ab err:c".
class recorded_events : public run_events {
  public:
    void started(const run_timings&, bool is_live) override {
        add(is_live ? "start" : "start-without-output");
    }
    asio::awaitable<void> stage_began(std::string_view name, time_point) override {
        add(std::string(name));
        co_return;
    }
    asio::awaitable<void> printed(output_channel channel, std::string_view bytes,
                                  clock::time_point) override {
        add((channel == output_channel::standard_output ? "out:" : "err:") + std::string(bytes));
        co_return;
    }

    std::string seen;

  private:
    void add(const std::string& word) { seen += (seen.empty() ? "" : " ") + word; }
};

class live_output_test : public testing::Test {
  protected:
    /// Gives the stream to the output in pieces of `step` bytes.
    void take(const std::string& stream, std::size_t step = 1'000'000) {
        asio::co_spawn(context_, do_take(stream, step), asio::detached);
        context_.restart();
        context_.run();
    }

    run_result result(conversation_end end) {
        conversation_result talk;
        talk.end = end;
        talk.payload_taken = true;
        docker::container_state state;
        state.exit_code = 7;
        return output_.result(talk, state, limits_of_test);
    }
    std::string object() { return std::get<std::string>(result(conversation_end::settled)); }
    run_failure failure(conversation_end end = conversation_end::end_of_stream) {
        auto found = result(end);
        if (auto* failure = std::get_if<run_failure>(&found))
            return *failure;
        return {run_error::draining, "not a failure: " + std::get<std::string>(found)};
    }
    void expect_spoiled() {
        EXPECT_TRUE(output_.settled());
        EXPECT_EQ(object(), R"({"error":"The program wrote to the runner's channel","status":"output"})");
    }

    asio::io_context context_{1};
    recorded_events events_;
    live_output output_{events_, {}, limits_of_test.max_output_size, clock::time_point::max()};

  private:
    asio::awaitable<void> do_take(std::string stream, std::size_t step) {
        for (std::string_view rest = stream; !rest.empty();) {
            const auto piece = rest.substr(0, step);
            rest.remove_prefix(piece.size());
            co_await output_.take(piece);
        }
    }
};

const std::string accepted = runner_frame('H'); // before the parameters below, in this file
const std::string object_text = R"({"error":"","status":"ok"})";

TEST_F(live_output_test, makes_events_of_frames_and_a_result_of_the_answer) {
    take(on_stderr(accepted + runner_frame('G', "build") + runner_frame('R', "w")) +
         on_stderr(runner_frame('G', "run") + runner_frame('O', "ab")));
    EXPECT_EQ(events_.seen, "start build err:w run out:ab");
    EXPECT_FALSE(output_.settled());
    take(on_stdout(sealed_answer(object_text, 2, 1)));
    EXPECT_TRUE(output_.settled());
    EXPECT_TRUE(output_.is_complete());
    EXPECT_EQ(object(), object_text);
}

TEST_F(live_output_test, takes_a_stream_that_is_cut_at_any_byte) {
    take(on_stderr(accepted) + on_stderr(runner_frame('G', "build")) +
             on_stderr(runner_frame('G', "build") + runner_frame('G', "run")) +
             on_stderr(runner_frame('O', "x")) + on_stdout(sealed_answer(object_text, 1, 0)),
         1);
    EXPECT_EQ(events_.seen, "start build build run out:x");
    EXPECT_EQ(object(), object_text);
}

TEST_F(live_output_test, holds_an_answer_that_overtakes_the_output) {
    take(on_stdout(sealed_answer(object_text, 3, 0)));
    EXPECT_FALSE(output_.settled());
    take(on_stderr(accepted + runner_frame('G', "run") + runner_frame('O', "ab")));
    EXPECT_FALSE(output_.settled());
    take(on_stderr(runner_frame('O', "c")));
    EXPECT_TRUE(output_.settled());
    EXPECT_EQ(events_.seen, "start run out:ab out:c");
    EXPECT_EQ(object(), object_text);
}

TEST_F(live_output_test, waits_for_the_acknowledgement_even_without_output) {
    take(on_stdout(sealed_answer(object_text, 0, 0)));
    EXPECT_FALSE(output_.settled());
    take(on_stderr(accepted));
    EXPECT_TRUE(output_.settled());
    EXPECT_EQ(object(), object_text);
}

TEST_F(live_output_test, has_no_result_where_the_request_was_not_acknowledged) {
    take(on_stdout(sealed_answer(object_text, 0, 0)));
    const auto found = failure();
    EXPECT_EQ(found.error, run_error::not_decodable);
    EXPECT_THAT(found.message, HasSubstr("the runner did not acknowledge the request"));
    EXPECT_EQ(events_.seen, "");
}

TEST_F(live_output_test, spoils_the_run_when_more_output_comes_than_the_answer_names) {
    take(on_stderr(accepted + runner_frame('O', "mine") + runner_frame('O', "forged")) +
         on_stdout(sealed_answer(object_text, 4, 0)));
    expect_spoiled();
}

TEST_F(live_output_test, passes_on_nothing_beyond_the_sums_of_the_answer) {
    take(on_stdout(sealed_answer(object_text, 4, 0)) +
         on_stderr(accepted + runner_frame('O', "mine") + runner_frame('O', "forged")));
    EXPECT_EQ(events_.seen, "start out:mine");
    expect_spoiled();
}

TEST_F(live_output_test, spoils_the_run_when_output_is_missing_at_the_end) {
    take(on_stderr(accepted) + on_stdout(sealed_answer(object_text, 4, 0)));
    EXPECT_FALSE(output_.settled());
    const auto found = result(conversation_end::end_of_stream);
    EXPECT_THAT(std::get<std::string>(found), HasSubstr(R"("status":"output")"));
}

TEST_F(live_output_test, spoils_the_run_after_text_that_is_no_frame) {
    take(on_stderr(accepted + "noise" + runner_frame('O', "a")));
    EXPECT_EQ(events_.seen, "start");
    EXPECT_FALSE(output_.settled());
    take(on_stdout(sealed_answer(object_text, 1, 0)));
    expect_spoiled();
}

TEST_F(live_output_test, drops_podmans_words) {
    take(on_stderr(accepted + runner_frame('O', "a")) + on_stdout(sealed_answer(object_text, 1, 0)) +
         on_stderr("Error: write unixpacket @->/proc/self/fd/13/attach: write: broken pipe\n"));
    EXPECT_TRUE(output_.settled());
    EXPECT_EQ(object(), object_text);
}

TEST_F(live_output_test, takes_podmans_words_alone_for_no_complaint) {
    take(on_stderr("Error: write unixpacket @->/proc/self/fd/13/attach: write: broken pipe\n"));
    const auto found = failure();
    EXPECT_EQ(found.error, run_error::not_decodable);
    EXPECT_THAT(found.message, HasSubstr("the container ended with exit code 7"));
}

class forged_frame : public live_output_test, public testing::WithParamInterface<std::string> {};

TEST_P(forged_frame, spoils_the_run) {
    take(on_stderr(accepted + runner_frame('G', "run") + GetParam() + runner_frame('O', "a")) +
         on_stdout(sealed_answer(object_text, 1, 0)));
    EXPECT_EQ(events_.seen, "start run");
    expect_spoiled();
}

INSTANTIATE_TEST_SUITE_P(each, forged_frame,
                         testing::Values(accepted, runner_frame('H', "x"), runner_frame('G', "build"),
                                         runner_frame('G', "run"), runner_frame('G', "test"),
                                         runner_frame('G', "running"), runner_frame('G')));

TEST_F(live_output_test, reports_the_runners_failure) {
    take(on_stdout(runner_frame('X', "missing field")));
    EXPECT_TRUE(output_.settled());
    const auto found = failure(conversation_end::settled);
    EXPECT_EQ(found.error, run_error::runner_stderr);
    EXPECT_EQ(found.message, "Code runner failed with the following message: missing field");
    EXPECT_EQ(events_.seen, "");
}

TEST_F(live_output_test, reports_what_something_else_than_a_runner_says) {
    take(on_stderr("exec format error\n"));
    EXPECT_EQ(failure().message, "Code runner failed with the following message: exec format error\n");
}

TEST_F(live_output_test, takes_nothing_for_the_runners_words_once_programs_may_write_there) {
    take(on_stderr(accepted + runner_frame('G', "run") + "forged complaint"));
    const auto found = failure();
    EXPECT_EQ(found.error, run_error::not_decodable);
    EXPECT_THAT(found.message, Not(HasSubstr("forged")));
}

TEST_F(live_output_test, names_the_end_of_a_container_without_an_answer) {
    EXPECT_THAT(failure().message, HasSubstr("the output is empty; the container ended with exit code 7"));
    EXPECT_TRUE(output_.is_untouched());
    take(on_stderr(accepted));
    EXPECT_THAT(failure().message, HasSubstr("the output ends before its answer does"));
    EXPECT_FALSE(output_.is_untouched());
}

TEST_F(live_output_test, bounds_the_output_of_a_stage) {
    constexpr std::size_t most = 1000 + 256 * 1024 - 64;
    const auto stage_of = [](const std::string& name) {
        std::string stream = on_stderr(runner_frame('G', name));
        for (std::size_t left = most; left > 0;) {
            const auto size = std::min<std::size_t>(left, 65'536);
            stream += on_stderr(runner_frame('O', std::string(size, 'x')));
            left -= size;
        }
        return stream;
    };
    take(on_stderr(accepted) + stage_of("build") + stage_of("build") + stage_of("run"));
    EXPECT_FALSE(output_.settled());
    take(on_stderr(runner_frame('R', "x")));
    EXPECT_TRUE(output_.settled());
    EXPECT_EQ(failure(conversation_end::settled).error, run_error::output_limit);
}

TEST_F(live_output_test, bounds_the_answer) {
    take(on_stderr(accepted) + on_stdout(sealed_answer(std::string(1001, ' '), 0, 0)));
    EXPECT_EQ(failure(conversation_end::settled).error, run_error::output_limit);
}

TEST_F(live_output_test, refuses_an_answer_that_is_no_json) {
    take(on_stderr(accepted) + on_stdout(sealed_answer(R"({"a":1e400})", 0, 0)));
    EXPECT_EQ(failure(conversation_end::settled).error, run_error::not_decodable);
}

TEST_F(live_output_test, names_what_is_no_stream_of_a_runner) {
    take(on_stdout(R"({"stdout":""})"));
    EXPECT_TRUE(output_.settled());
    EXPECT_THAT(failure(conversation_end::settled).message, HasSubstr("not a frame of code_runner"));
}

TEST_F(live_output_test, names_the_engines_own_text) {
    take(test::stream_frame(3, "the engine fails"));
    EXPECT_EQ(failure(conversation_end::settled).message, "Failed while reading stream: the engine fails");
}

TEST_F(live_output_test, has_no_result_at_the_deadline_before_all_output_has_come) {
    take(on_stderr(accepted) + on_stdout(sealed_answer(object_text, 1, 0)));
    EXPECT_EQ(failure(conversation_end::deadline).error, run_error::time_limit);
}

} // namespace
} // namespace docker_run
