#include "api/input_message.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_run {
namespace {

using namespace std::string_literals;

/// The frames of a message, or "refused".
std::string frames_of(std::string_view message) {
    const auto parsed = parse_input_message(message);
    const auto* frames = std::get_if<std::string>(&parsed);
    return frames ? *frames : "refused";
}

TEST(input_message, becomes_the_frames_of_the_runner) {
    EXPECT_EQ(frames_of(R"({"type":"stdin","text":"42\n"})"), "I\0\0\0\x03"
                                                              "42\n"s);
    EXPECT_EQ(frames_of(R"({"bytes":"/wA=","type":"stdin"})"), "I\0\0\0\x02\xFF\0"s);
    EXPECT_EQ(frames_of(R"({"type":"eof"})"), "E\0\0\0\0"s);
    EXPECT_EQ(frames_of(R"({"type":"signal","signal":"INT"})"), "S\0\0\0\x03INT"s);
    EXPECT_EQ(frames_of(R"({"type":"resize","rows":30,"columns":258})"), "W\0\0\0\x04\0\x1E\x01\x02"s);
}

TEST(input_message, without_bytes_has_no_frame) {
    EXPECT_EQ(frames_of(R"({"type":"stdin","text":""})"), "");
    EXPECT_EQ(frames_of(R"({"type":"stdin","bytes":""})"), "");
}

TEST(input_message, of_many_bytes_has_frames_of_64_kib) {
    const std::string text(65'537, 'x');
    EXPECT_EQ(frames_of(R"({"type":"stdin","text":")" + text + "\"}"),
              "I\0\1\0\0"s + text.substr(1) + "I\0\0\0\1x"s);
}

TEST(input_message, of_another_shape_is_refused) {
    for (const char* message : {"",
                                "42",
                                "[]",
                                "{}",
                                "{",
                                R"({"type":"stdin"})",
                                R"({"type":"stdin","text":1})",
                                R"({"type":"stdin","text":null})",
                                R"({"type":"stdin","text":"a","bytes":"YQ=="})",
                                R"({"type":"stdin","text":"a","more":1})",
                                R"({"type":"stdin","text":"a","text":"a"})",
                                R"({"type":"stdin","text":["a"]})",
                                R"({"type":"stdin","bytes":"YQ"})",
                                R"({"type":"stdin","bytes":"Y Q="})",
                                R"({"type":"STDIN","text":"a"})",
                                R"({"type":1})",
                                R"({"type":"eof","text":"a"})",
                                R"({"type":"signal"})",
                                R"({"type":"signal","signal":"HUP"})",
                                R"({"type":"signal","signal":9})",
                                R"({"type":"resize","rows":1})",
                                R"({"type":"resize","rows":0,"columns":1})",
                                R"({"type":"resize","rows":1,"columns":65536})",
                                R"({"type":"resize","rows":-1,"columns":1})",
                                R"({"type":"resize","rows":1.5,"columns":1})",
                                R"({"type":"resize","rows":"1","columns":"1"})",
                                R"({"type":"exec","text":"a"})"})
        EXPECT_EQ(frames_of(message), "refused") << message;
}

TEST(input_message, is_refused_with_a_sentence_that_repeats_nothing_of_it) {
    const auto parsed = parse_input_message(R"({"type":"secret"})");
    EXPECT_EQ(std::get<input_message_fault>(parsed).message,
              "The message must have the member 'type': \"stdin\", \"eof\", \"signal\" or \"resize\"");
}

} // namespace
} // namespace docker_run
