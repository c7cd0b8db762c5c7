#include "docker/frame_parser.hpp"
#include "docker/stream_frame.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace docker_run::docker {
namespace {

/// Everything a parser says of a stream that comes in pieces of `step` bytes, neighbours of one type joined.
struct heard {
    std::vector<std::pair<frame_type, std::string>> texts;
    bool well_formed = true;
};

heard listen(const std::string& stream, std::size_t step) {
    frame_parser parser;
    heard result;
    for (std::size_t at = 0; at < stream.size(); at += step)
        result.well_formed = parser.feed(std::string_view(stream).substr(at, step),
                                         [&](frame_type type, std::string_view piece) {
                                             if (result.texts.empty() || result.texts.back().first != type)
                                                 result.texts.emplace_back(type, "");
                                             result.texts.back().second += piece;
                                         });
    return result;
}

TEST(frame_parser, says_the_same_wherever_the_stream_is_cut) {
    const auto stream = test::stream_frame(1, "{\"a\":1") + test::stream_frame(2, "oops") +
                        test::stream_frame(1, "") + test::stream_frame(1, "}");
    for (std::size_t step = 1; step <= stream.size(); ++step) {
        const auto result = listen(stream, step);
        ASSERT_TRUE(result.well_formed);
        ASSERT_EQ(result.texts.size(), 3U) << step;
        EXPECT_EQ(result.texts[0], std::pair(frame_type::standard_output, std::string("{\"a\":1")));
        EXPECT_EQ(result.texts[1], std::pair(frame_type::standard_error, std::string("oops")));
        EXPECT_EQ(result.texts[2], std::pair(frame_type::standard_output, std::string("}")));
    }
}

TEST(frame_parser, takes_a_length_of_4_GiB_without_allocating_it) {
    frame_parser parser;
    std::size_t seen = 0;
    const std::string head("\x01\0\0\0\xff\xff\xff\xff", 8);
    EXPECT_TRUE(parser.feed(head + "abc", [&](frame_type, std::string_view piece) { seen += piece.size(); }));
    EXPECT_EQ(seen, 3U);
}

TEST(frame_parser, passes_over_empty_frames_in_silence) {
    std::string stream;
    for (int i = 0; i < 100'000; ++i)
        stream += test::stream_frame(1, "");
    const auto result = listen(stream, 4096);
    EXPECT_TRUE(result.well_formed);
    EXPECT_TRUE(result.texts.empty());
}

TEST(frame_parser, refuses_what_is_no_frame_for_ever) {
    for (const std::string& head :
         {std::string("\x04\0\0\0\0\0\0\1", 8), std::string("\x01\1\0\0\0\0\0\1", 8),
          std::string("\x01\0\0\1\0\0\0\1", 8), std::string("HTTP/1.1")}) {
        frame_parser parser;
        const auto ignore = [](frame_type, std::string_view) { FAIL() << "a piece of what is no frame"; };
        EXPECT_FALSE(parser.feed(head + "x", ignore));
        EXPECT_FALSE(parser.feed(test::stream_frame(1, "x"), ignore));
    }
}

TEST(frame_parser, knows_the_four_types) {
    for (const char type : {'\0', '\1', '\2', '\3'}) {
        const auto result = listen(test::stream_frame(type, "x"), 16);
        ASSERT_EQ(result.texts.size(), 1U);
        EXPECT_EQ(result.texts[0].first, static_cast<frame_type>(type));
    }
}

} // namespace
} // namespace docker_run::docker
