#include "api/run_event_encoder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <random>
#include <string>
#include <vector>

namespace docker_run {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::Each;
using testing::SizeIs;

constexpr auto encoded_channel = output_channel::standard_output;

/// All events of these pieces, with the one that the end brings.
std::vector<std::string> events_of(const std::vector<std::string>& pieces, bool as_bytes = false) {
    run_event_encoder encoder(as_bytes);
    std::vector<std::string> events;
    const auto add = [&events](std::optional<std::string> event) {
        if (event)
            events.push_back(std::move(*event));
    };
    for (std::string_view piece : pieces)
        while (!piece.empty())
            add(encoder.printed(encoded_channel, piece));
    add(encoder.flush(encoded_channel));
    return events;
}

std::string joined_text(const std::vector<std::string>& events) {
    std::string text;
    for (const auto& each : events)
        text += json::parse(each).at("text").get<std::string>();
    return text;
}

/// What code_runner writes into its answer.
std::string plain_text(const std::string& bytes) {
    code_runner::output_text text(1U << 30U);
    text.append(bytes);
    text.finish();
    return json::parse('"' + text.encoded() + '"').get<std::string>();
}

TEST(run_event_encoder, writes_each_event_as_documented) {
    run_timings timings{.queue = 100us, .acquire = 2500ns, .run = 1234567us, .warm = true};
    EXPECT_EQ(run_event_encoder::started(timings, true),
              R"({"type":"start","live":true,"queue":0.100,"acquire":0.003,"pool":"hit"})");
    timings.warm = false;
    EXPECT_EQ(run_event_encoder::started(timings, false),
              R"({"type":"start","live":false,"queue":0.100,"acquire":0.003,"pool":"miss"})");
    EXPECT_EQ(run_event_encoder::stage_began("build"), R"({"type":"stage","stage":"build"})");
    EXPECT_EQ(run_event_encoder::alive(), R"({"type":"alive"})");
    EXPECT_EQ(run_event_encoder::answered("{ \"error\": \"\" }\n", timings),
              R"({"type":"answer","run":1234.567,"answer":{"error":""}})");
    EXPECT_EQ(run_event_encoder::failed({run_error::time_limit, "Too \"long\""}),
              R"({"type":"error","error":"limits.execution_time","status":400,"message":"Too \"long\""})");
    EXPECT_EQ(events_of({"a\"\n"}), std::vector<std::string>{R"({"type":"stdout","text":"a\"\n"})"});
    EXPECT_EQ(events_of({"PNG"}, true), std::vector<std::string>{R"({"type":"stdout","bytes":"UE5H"})"});
}

TEST(run_event_encoder, names_the_channel) {
    run_event_encoder encoder(false);
    std::string_view bytes = "x";
    EXPECT_EQ(encoder.printed(output_channel::standard_error, bytes), R"({"type":"stderr","text":"x"})");
}

TEST(run_event_encoder, bounds_the_message_of_a_failure) {
    const auto event = run_event_encoder::failed({run_error::runner_stderr, std::string(100'000, '\x01')});
    EXPECT_LE(event.size(), max_event_size);
    EXPECT_EQ(json::parse(event).at("message").get<std::string>().size(), 4096U);
}

TEST(run_event_encoder, holds_a_character_back_until_it_is_complete) {
    run_event_encoder encoder(false);
    std::string_view first = "\xE2\x82";
    EXPECT_EQ(encoder.printed(encoded_channel, first), std::nullopt);
    std::string_view last = "\xAC";
    EXPECT_EQ(encoder.printed(encoded_channel, last), "{\"type\":\"stdout\",\"text\":\"\xE2\x82\xAC\"}");
    EXPECT_EQ(encoder.flush(encoded_channel), std::nullopt);
}

TEST(run_event_encoder, replaces_a_character_that_stays_incomplete) {
    EXPECT_EQ(joined_text(events_of({"a\xE2\x82"})), "a\xEF\xBF\xBD");
}

TEST(run_event_encoder, writes_no_line_end_of_any_kind) {
    const auto events = events_of({"\n\r\v\f\x1C\x1D\x1E", "\xC2", "\x85\xE2\x80\xA8\xE2\x80", "\xA9"});
    for (const auto& each : events)
        EXPECT_EQ(each.find_first_of("\n\r\v\f\x1C\x1D\x1E\xC2\xE2"), std::string::npos) << each;
    EXPECT_EQ(joined_text(events), "\n\r\v\f\x1C\x1D\x1E\xC2\x85\xE2\x80\xA8\xE2\x80\xA9");
}

TEST(run_event_encoder, keeps_every_event_within_its_size_and_fills_it_with_plain_text) {
    const auto within = [](const std::vector<std::string>& events) {
        for (const auto& each : events)
            EXPECT_LE(each.size(), max_event_size);
        return events.size();
    };
    constexpr std::size_t much = 1'000'000;
    EXPECT_LE(within(events_of({std::string(much, 'x')})), 18U) << "less would be a waste";
    within(events_of({std::string(much, '\x01')}));
    within(events_of({std::string(much, '\xFF')}));
    within(events_of({std::string(much, 'x')}, true));
    std::string ends;
    for (std::size_t i = 0; i < much / 2; ++i)
        ends += "\xC2\x85";
    within(events_of({"\xC2", ends.substr(1)}));
}

TEST(run_event_encoder, gives_the_plain_text_however_the_bytes_are_cut) {
    std::mt19937 random(7); // NOLINT(cert-msc51-cpp): the same cases each time
    const std::vector<std::string> parts = {
        "text",
        "\n",
        "\"",
        std::string(1, '\0'),
        "\xC3\xA9",
        "\xE2\x82\xAC",
        "\xF0\x9F\x98\x80",
        "\xC2\x85",
        "\xE2\x80\xA8",
        "\xED\xA0\x80",
        "\xF4\x90",
        "\x80",
        "\xE2",
        "\xF0\x9F",
        "\xC0\xAF",
    };
    for (int round = 0; round < 2000; ++round) {
        std::string bytes;
        for (auto left = random() % 30; left > 0; --left)
            bytes += parts[random() % parts.size()];
        std::vector<std::string> pieces;
        for (std::size_t begin = 0; begin < bytes.size();) {
            const std::size_t size = 1 + random() % 5;
            pieces.push_back(bytes.substr(begin, size));
            begin += size;
        }
        ASSERT_EQ(joined_text(events_of(pieces)), plain_text(bytes));
    }
}

} // namespace
} // namespace docker_run
