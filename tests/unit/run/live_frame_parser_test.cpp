#include "run/live_frame_parser.hpp"
#include "run/runner_frames.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_run {
namespace {

using test::runner_frame;

/// "H| O:ab c| R|": each frame with its pieces.
std::string pieces_of(live_frame_parser& parser, std::string_view bytes, std::size_t step) {
    std::string shown;
    while (!bytes.empty()) {
        auto part = bytes.substr(0, step);
        bytes.remove_prefix(part.size());
        while (const auto piece = parser.next(part)) {
            shown += static_cast<char>(piece->type);
            shown += piece->bytes;
            if (piece->is_last)
                shown += '|';
        }
        EXPECT_TRUE(part.empty());
    }
    return shown;
}

TEST(live_frame_parser, gives_each_frame) {
    live_frame_parser parser;
    const auto bytes = runner_frame('H') + runner_frame('G', "run") + runner_frame('O', "ab") +
                       runner_frame('R') + runner_frame('R', "c");
    EXPECT_EQ(pieces_of(parser, bytes, bytes.size()), "H|Grun|Oab|R|Rc|");
    EXPECT_FALSE(parser.is_lost());
}

TEST(live_frame_parser, takes_frames_that_are_cut_at_any_byte) {
    const auto bytes = runner_frame('H') + runner_frame('O', "abcdefgh") + runner_frame('R', "xyz");
    for (std::size_t step = 1; step < bytes.size(); ++step) {
        live_frame_parser parser;
        std::string output;
        std::size_t ends = 0;
        for (const char c : pieces_of(parser, bytes, step)) {
            ends += c == '|' ? 1U : 0U;
            if (c >= 'a' && c <= 'z')
                output += c;
        }
        EXPECT_EQ(output, "abcdefghxyz") << step;
        EXPECT_EQ(ends, 3U) << step;
    }
}

TEST(live_frame_parser, keeps_the_text_that_is_no_frame) {
    const struct {
        std::string bytes;
        std::string foreign;
    } cases[] = {
        {"Error: x\n", "Error: x\n"},
        {runner_frame('O', "a") + "Error: x\n" + runner_frame('O', "b"),
         "Error: x\n" + runner_frame('O', "b")},
        {"Oops, no frame", "Oops, no frame"}, // a frame of 1.8 GB
        {"A", "A"},
    };
    for (const auto& [bytes, foreign] : cases)
        for (const std::size_t step : {std::size_t{1}, std::size_t{3}, bytes.size()}) {
            live_frame_parser parser;
            pieces_of(parser, bytes, step);
            EXPECT_TRUE(parser.is_lost());
            EXPECT_EQ(parser.foreign_text(), foreign) << step;
        }
}

TEST(live_frame_parser, takes_the_longest_frame_and_not_one_byte_more) {
    live_frame_parser fits;
    const auto longest = runner_frame('O', std::string(65'536, 'x'));
    pieces_of(fits, longest, longest.size());
    EXPECT_FALSE(fits.is_lost());
    live_frame_parser exceeds;
    const auto longer = runner_frame('O', std::string(65'537, 'x'));
    pieces_of(exceeds, longer, longer.size());
    EXPECT_TRUE(exceeds.is_lost());
}

TEST(live_frame_parser, keeps_little_foreign_text) {
    live_frame_parser parser;
    pieces_of(parser, std::string(1'000'000, 'x'), 1000);
    EXPECT_EQ(parser.foreign_text().size(), 4096U);
}

} // namespace
} // namespace docker_run
