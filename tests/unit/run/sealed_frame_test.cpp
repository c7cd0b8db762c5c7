#include "run/runner_frames.hpp"
#include "run/sealed_frame.hpp"

#include <gtest/gtest.h>

#include <string>

namespace docker_run {
namespace {

using fault = sealed_frame::fault;

sealed_frame after_pieces(const std::string& bytes, std::size_t step = 1, std::size_t limit = 100) {
    sealed_frame frame(limit);
    for (std::size_t begin = 0; begin < bytes.size(); begin += step)
        frame.feed(std::string_view(bytes).substr(begin, step));
    return frame;
}

TEST(sealed_frame, gives_the_answer_and_its_sums) {
    const auto bytes = test::sealed_answer("{}", 1, 0x100000000);
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        const auto frame = after_pieces(bytes, step);
        ASSERT_TRUE(frame.is_answer());
        EXPECT_FALSE(frame.is_failure());
        EXPECT_EQ(frame.object(), "{}");
        EXPECT_EQ(frame.output_bytes(), 1U);
        EXPECT_EQ(frame.error_bytes(), 0x100000000U);
        EXPECT_EQ(frame.what(), fault::none);
    }
}

TEST(sealed_frame, gives_the_sentence_of_a_failure) {
    const auto frame = after_pieces(test::runner_frame('X', "Failed"));
    ASSERT_TRUE(frame.is_failure());
    EXPECT_FALSE(frame.is_answer());
    EXPECT_EQ(frame.sentence(), "Failed");
}

TEST(sealed_frame, is_nothing_until_it_is_complete) {
    const auto bytes = test::sealed_answer("{}", 0, 0);
    const auto frame = after_pieces(bytes.substr(0, bytes.size() - 1));
    EXPECT_FALSE(frame.is_answer());
    EXPECT_EQ(frame.what(), fault::none);
}

TEST(sealed_frame, names_what_is_no_sealed_frame) {
    for (const auto& bytes :
         {std::string(R"({"stdout":""})"), test::runner_frame('O', "output"), test::runner_frame('X'),
          test::runner_frame('A', "short"), test::sealed_answer("", 0, 0)})
        EXPECT_EQ(after_pieces(bytes).what(), fault::not_sealed) << bytes;
}

TEST(sealed_frame, takes_exactly_the_limit_and_not_one_byte_more) {
    EXPECT_EQ(after_pieces(test::sealed_answer(std::string(100, ' '), 0, 0)).what(), fault::none);
    EXPECT_EQ(after_pieces(test::sealed_answer(std::string(101, ' '), 0, 0)).what(), fault::too_large);
    EXPECT_EQ(after_pieces(test::runner_frame('X', std::string(101, ' '))).what(), fault::too_large);
}

TEST(sealed_frame, finds_data_after_the_frame) {
    const auto frame = after_pieces(test::sealed_answer("{}", 0, 0) + "\n");
    EXPECT_EQ(frame.what(), fault::trailing_data);
    EXPECT_EQ(frame.object(), "{}");
}

} // namespace
} // namespace docker_run
