#include "failure.hpp"
#include "frame.hpp"
#include "live_channel.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

namespace code_runner {
namespace {

using protocol::live_frame;

/// A channel whose other end the test reads. The pipe holds one page.
class live_channel_test : public testing::Test {
  protected:
    live_channel_test() {
        int ends[2];
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
        daemon_ = unique_fd{ends[0]};
        ::fcntl(ends[1], F_SETPIPE_SZ, 4096);
        channel_.emplace(unique_fd{ends[1]});
    }

    /// Everything that is in the pipe.
    std::string read() {
        std::string result;
        char buffer[4096];
        ssize_t count = 0;
        while ((count = ::read(daemon_.get(), buffer, sizeof buffer)) > 0)
            result.append(buffer, static_cast<std::size_t>(count));
        return result;
    }

    /// Reads and lets the channel write until nothing is left.
    std::string read_all() {
        std::string result = read();
        while (channel_->descriptor() >= 0) {
            channel_->write_some();
            result += read();
        }
        return result;
    }

    unique_fd daemon_;
    std::optional<live_channel> channel_;
};

std::string live(live_frame type, std::string_view content) {
    std::string result;
    append_frame(result, static_cast<char>(type), content);
    return result;
}

TEST_F(live_channel_test, writes_frames_in_order) {
    channel_->send(live_frame::accepted, {});
    channel_->send(live_frame::stage, "run");
    channel_->send(live_frame::output, "out");
    channel_->send(live_frame::errors, "errors");
    EXPECT_GE(channel_->descriptor(), 0);
    channel_->write_some();
    EXPECT_EQ(channel_->descriptor(), -1);
    EXPECT_EQ(read(), live(live_frame::accepted, "") + live(live_frame::stage, "run") +
                          live(live_frame::output, "out") + live(live_frame::errors, "errors"));
}

TEST_F(live_channel_test, sums_the_bytes_of_each_stream_without_their_heads) {
    channel_->send(live_frame::stage, "build");
    channel_->send(live_frame::output, "1234");
    channel_->send(live_frame::errors, "12");
    channel_->send(live_frame::output, std::string(100'000, 'x'));
    EXPECT_EQ(channel_->output_bytes(), 100'004U);
    EXPECT_EQ(channel_->error_bytes(), 2U);
}

TEST_F(live_channel_test, has_no_room_while_nobody_reads_and_room_again_afterwards) {
    const std::size_t first = channel_->room();
    EXPECT_GT(first, 32'768U);
    while (channel_->room() > 0) {
        channel_->send(live_frame::output, std::string(std::min<std::size_t>(channel_->room(), 5000), 'x'));
        channel_->write_some();
    }
    EXPECT_LE(channel_->output_bytes(), 65'536U + 4096U);
    read_all();
    EXPECT_EQ(channel_->room(), first);
}

TEST_F(live_channel_test, a_frame_that_fills_the_room_fits_into_the_longest_frame) {
    EXPECT_LE(channel_->room(), protocol::greatest_frame);
}

TEST_F(live_channel_test, cuts_long_content_into_frames) {
    const std::string content(protocol::greatest_frame, 'x');
    channel_->send(live_frame::output, content + "y");
    EXPECT_EQ(read_all(), live(live_frame::output, content) + live(live_frame::output, "y"));
}

TEST_F(live_channel_test, goes_on_within_a_frame_that_was_written_in_part) {
    std::string expected;
    std::string received;
    for (int number = 0; number < 50; ++number) {
        const std::string content(static_cast<std::size_t>(number) * 97,
                                  static_cast<char>('a' + number % 26));
        channel_->send(live_frame::output, content);
        channel_->write_some();
        expected += live(live_frame::output, content);
        if (number % 3 == 0)
            received += read();
    }
    EXPECT_EQ(received + read_all(), expected);
}

TEST_F(live_channel_test, waits_for_room_no_longer_than_the_deadline) {
    while (channel_->room() > 0) {
        channel_->send(live_frame::output, std::string(5000, 'x'));
        channel_->write_some();
    }
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds{20};
    channel_->wait_for_room(deadline);
    EXPECT_GE(std::chrono::steady_clock::now(), deadline);
    EXPECT_EQ(channel_->room(), 0U);
}

TEST_F(live_channel_test, fails_when_nobody_reads_any_more) {
    ::signal(SIGPIPE, SIG_IGN);
    daemon_.reset();
    channel_->send(live_frame::accepted, {});
    EXPECT_THROW(channel_->write_some(), failure);
    EXPECT_THROW(channel_->flush(), failure);
}

} // namespace
} // namespace code_runner
