#include "stage_output.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

namespace code_runner {
namespace {

using stream = stage_output::stream;

constexpr std::size_t limit_of_output = 100;
constexpr auto forever = std::chrono::steady_clock::time_point::max();

/// The same output twice: kept, and sent to a pipe.
class stage_output_test : public testing::Test {
  protected:
    stage_output_test() {
        int ends[2];
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
        daemon_ = unique_fd{ends[0]};
        channel_.emplace(unique_fd{ends[1]});
        live_.emplace(limit_of_output, &*channel_);
    }

    void take(stream from, std::string_view bytes) {
        kept_.take(from, bytes);
        live_->take(from, bytes);
    }

    void finish() {
        kept_.finish();
        live_->finish();
    }

    /// The frames that were sent. Their lengths are below 256.
    std::string sent() {
        live_->write_some();
        char buffer[4096];
        const ssize_t count = ::read(daemon_.get(), buffer, sizeof buffer);
        return {buffer, static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
    }

    unique_fd daemon_;
    std::optional<live_channel> channel_;
    stage_output kept_{limit_of_output};
    std::optional<stage_output> live_;
};

std::string short_frame(char type, std::string_view content) {
    return std::string{type} + std::string(3, '\0') + static_cast<char>(content.size()) +
           std::string{content};
}

TEST_F(stage_output_test, keeps_the_text_or_sends_its_bytes) {
    take(stream::out, "out\n");
    take(stream::errors, "\xFF");
    finish();
    EXPECT_EQ(kept_.out().encoded(), "out\\n");
    EXPECT_EQ(kept_.errors().encoded(), "\xEF\xBF\xBD");
    EXPECT_EQ(live_->out().encoded(), "");
    EXPECT_EQ(sent(), short_frame('O', "out\n") + short_frame('R', "\xFF"));
}

TEST_F(stage_output_test, counts_the_same_in_both_cases) {
    for (const std::string_view bytes :
         {"plain", "\n\"\\", "\x01", "\xE2\x82", "\xAC\xE2", "", "z\xF0\x9F"}) {
        take(stream::out, bytes);
        take(stream::errors, "e");
        EXPECT_EQ(live_->out().size(), kept_.out().encoded().size());
        EXPECT_EQ(live_->errors().size(), kept_.errors().encoded().size());
    }
    finish();
    EXPECT_EQ(live_->out().size(), kept_.out().encoded().size());
    EXPECT_FALSE(live_->out().truncated());
}

TEST_F(stage_output_test, is_full_one_byte_past_the_limit_of_both_streams) {
    take(stream::out, std::string(limit_of_output - 2, 'o'));
    take(stream::errors, "\n");
    EXPECT_FALSE(kept_.is_full());
    EXPECT_FALSE(live_->is_full());
    take(stream::errors, "e");
    EXPECT_TRUE(kept_.is_full());
    EXPECT_TRUE(live_->is_full());
    EXPECT_FALSE(live_->out().truncated());
}

TEST_F(stage_output_test, sends_no_byte_that_is_past_the_limit) {
    take(stream::out, std::string(limit_of_output - 1, 'o'));
    take(stream::out, "\n and more");
    take(stream::out, "and more");
    EXPECT_TRUE(live_->out().truncated());
    EXPECT_EQ(live_->out().size(), kept_.out().encoded().size());
    EXPECT_EQ(sent(), short_frame('O', std::string(limit_of_output - 1, 'o')));
    EXPECT_EQ(channel_->output_bytes(), limit_of_output - 1);
}

TEST_F(stage_output_test, begins_each_stage_with_a_frame_and_the_whole_room) {
    take(stream::out, std::string(limit_of_output + 1, 'o'));
    sent();
    live_->begin(program_stage::build, forever);
    kept_.begin(program_stage::build, forever);
    EXPECT_EQ(sent(), short_frame('G', "build"));
    EXPECT_FALSE(live_->is_full());
    EXPECT_FALSE(kept_.is_full());
    live_->begin(program_stage::run, forever);
    EXPECT_EQ(sent(), short_frame('G', "run"));
    EXPECT_EQ(channel_->output_bytes(), limit_of_output);
}

TEST_F(stage_output_test, acknowledges_before_anything_else) {
    kept_.acknowledge();
    live_->acknowledge();
    EXPECT_EQ(sent(), short_frame('H', ""));
}

} // namespace
} // namespace code_runner
