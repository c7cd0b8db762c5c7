#include "docker/stream_frame.hpp"
#include "run/run_output.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_run {
namespace {

std::string out(const std::string& body) {
    return test::stream_frame(1, body);
}
std::string err(const std::string& body) {
    return test::stream_frame(2, body);
}

run_output after(const std::string& stream, std::size_t limit = 1000) {
    run_output output(limit);
    output.feed(stream);
    return output;
}

TEST(run_output, is_settled_when_the_object_closes) {
    EXPECT_FALSE(after(out("{\"a\":[1")).settled());
    const auto output = after(out("{\"a\":[1") + out("]}"));
    EXPECT_TRUE(output.settled());
    EXPECT_EQ(output.object().text(), R"({"a":[1]})");
}

TEST(run_output, drops_white_space_around_the_object) {
    const auto output = after(out(" \r\n\t") + out("{}") + out("\n \n"));
    EXPECT_EQ(output.object().text(), "{}");
    EXPECT_EQ(output.what(), output_fault::none);
}

TEST(run_output, takes_exactly_the_limit_and_not_one_byte_more) {
    EXPECT_EQ(after(out("{\"a\":1}"), 7).what(), output_fault::none);
    EXPECT_EQ(after(out("{\"a\":1}"), 6).what(), output_fault::too_large);
}

TEST(run_output, counts_stdout_and_stderr_together) {
    EXPECT_EQ(after(err("12345") + out("{}"), 7).what(), output_fault::none);
    EXPECT_EQ(after(err("123456") + out("{}"), 7).what(), output_fault::too_large);
}

TEST(run_output, does_not_count_white_space_around_the_object) {
    EXPECT_EQ(after(out("      {}      "), 2).what(), output_fault::none);
}

TEST(run_output, counts_text_that_is_no_object) {
    EXPECT_FALSE(after(out("1234567"), 7).settled());
    EXPECT_EQ(after(out("12345678"), 7).what(), output_fault::too_large);
    EXPECT_EQ(after(out("1234") + out("56789"), 7).what(), output_fault::too_large);
}

TEST(run_output, forgives_podman_what_follows_its_own_words) {
    const std::string words = "Error: write unixpacket @->/proc/self/fd/13/attach: write: broken pipe\n";
    const std::string rest = "roc/self/fd/13/attach: write: broken pipe\n";
    for (const std::string printed : {"", "something"}) {
        const auto output = after(err(printed) + err(words) + rest);
        EXPECT_EQ(output.what(), output_fault::none) << printed;
        EXPECT_EQ(output.error_text(), printed + words);
        EXPECT_FALSE(output.settled()) << "the end of the stream follows";
    }
    EXPECT_EQ(after(err("something") + rest).what(), output_fault::not_frames);
    EXPECT_EQ(after(err(words + "more") + rest).what(), output_fault::not_frames);
}

TEST(run_output, waits_for_the_end_of_what_is_no_object) {
    const auto output = after(out("hello"));
    EXPECT_TRUE(output.object().is_impossible());
    EXPECT_FALSE(output.settled());
}

TEST(run_output, finds_text_after_the_object) {
    EXPECT_EQ(after(out("{}{}")).what(), output_fault::trailing_text);
    EXPECT_EQ(after(out("{}") + out("\n x")).what(), output_fault::trailing_text);
}

TEST(run_output, keeps_the_text_of_stderr) {
    const auto output = after(err("one ") + out("{}") + err("two"));
    EXPECT_TRUE(output.object().is_complete());
    EXPECT_EQ(output.error_text(), "one two");
}

TEST(run_output, names_frames_of_stdin_and_of_the_engine) {
    EXPECT_EQ(after(test::stream_frame(0, "echo")).what(), output_fault::standard_input);
    EXPECT_EQ(after(test::stream_frame(0, "echo")).error_text(), "echo");
    EXPECT_EQ(after(test::stream_frame(3, "sorry")).what(), output_fault::engine_text);
    EXPECT_EQ(after(test::stream_frame(3, "sorry")).error_text(), "sorry");
}

TEST(run_output, names_a_stream_that_is_no_frames) {
    EXPECT_EQ(after("HTTP/1.1 500 Internal Server Error").what(), output_fault::not_frames);
}

TEST(run_output, knows_whether_anything_came) {
    EXPECT_TRUE(after("").empty());
    EXPECT_TRUE(after(out("")).empty());
    EXPECT_FALSE(after(out(" ")).empty());
}

} // namespace
} // namespace docker_run
