#include "input_feed.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <signal.h>

#include <string>

namespace code_runner {
namespace {

/// A feed whose target the test reads. The pipe holds one page.
class input_feed_test : public testing::Test {
  protected:
    input_feed_test() {
        ::signal(SIGPIPE, SIG_IGN);
        int ends[2];
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
        program_ = unique_fd{ends[0]};
        target_ = unique_fd{ends[1]};
        ::fcntl(target_.get(), F_SETPIPE_SZ, 4096);
    }

    /// Lets the feed write, and reads, until nothing comes. `end` tells whether the target was closed.
    std::string read_all(input_feed& feed, bool& end) {
        std::string result;
        while (true) {
            feed.write_some();
            char buffer[4096];
            const ssize_t count = ::read(program_.get(), buffer, sizeof buffer);
            end = count == 0;
            if (count <= 0)
                return result;
            result.append(buffer, static_cast<std::size_t>(count));
        }
    }

    unique_fd program_;
    unique_fd target_;
};

TEST_F(input_feed_test, closes_the_target_after_a_text) {
    const std::string text(10'000, 'x');
    input_feed feed{std::move(target_), text};
    bool end = false;
    EXPECT_EQ(read_all(feed, end), text);
    EXPECT_TRUE(end);
    EXPECT_EQ(feed.descriptor(), -1);
}

TEST_F(input_feed_test, closes_the_target_at_once_after_no_text) {
    input_feed feed{std::move(target_), {}};
    EXPECT_GE(feed.descriptor(), 0);
    bool end = false;
    EXPECT_EQ(read_all(feed, end), "");
    EXPECT_TRUE(end);
}

TEST_F(input_feed_test, writes_the_text_first_and_stays_open_until_the_end) {
    input_feed feed;
    feed.append("typed early ");
    feed.begin_with("text ");
    feed.connect(std::move(target_));
    bool end = true;
    EXPECT_EQ(read_all(feed, end), "text typed early ");
    EXPECT_FALSE(end);
    EXPECT_EQ(feed.descriptor(), -1);

    feed.append("typed late");
    EXPECT_GE(feed.descriptor(), 0);
    feed.end();
    feed.append("too late");
    EXPECT_EQ(read_all(feed, end), "typed late");
    EXPECT_TRUE(end);
}

TEST_F(input_feed_test, has_no_room_when_64_kib_wait) {
    input_feed feed;
    EXPECT_EQ(feed.room(), 65'536U);
    feed.append(std::string(65'535, 'x'));
    EXPECT_EQ(feed.room(), 1U);
    feed.append(std::string(1000, 'x'));
    EXPECT_EQ(feed.room(), 0U);
    feed.connect(std::move(target_));
    bool end = false;
    EXPECT_EQ(read_all(feed, end).size(), 66'535U);
    EXPECT_EQ(feed.room(), 65'536U);
}

TEST_F(input_feed_test, drops_everything_when_nobody_reads_any_more) {
    input_feed feed;
    feed.connect(std::move(target_));
    program_.reset();
    feed.append("unread");
    feed.write_some();
    EXPECT_EQ(feed.descriptor(), -1);
    feed.append(std::string(70'000, 'x'));
    EXPECT_EQ(feed.room(), 65'536U);
}

} // namespace
} // namespace code_runner
