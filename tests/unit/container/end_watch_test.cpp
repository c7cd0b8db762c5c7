#include "container/end_watch.hpp"
#include "docker/test_engine.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <future>
#include <string>

namespace docker_run {
namespace {

using namespace std::chrono_literals;

/// A container with an attach stream. The test plays its engine.
struct ending_container {
    explicit ending_container(boost::asio::io_context& context) : context_(context) {
        std::array<int, 2> pair{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()), 0);
        ours_ = pair[0];
        engine_ = pair[1];
    }
    ending_container(const ending_container&) = delete;
    ending_container& operator=(const ending_container&) = delete;
    ~ending_container() { ::close(engine_); }

    std::future<void> wait(end_watch& ends, std::chrono::milliseconds patience = 1h) {
        docker::attachment stream(
            {docker::unix_stream(context_, boost::asio::local::stream_protocol(), ours_), {}});
        return boost::asio::co_spawn(context_, ends.wait(std::move(stream), patience),
                                     boost::asio::use_future);
    }
    void end() const { ::shutdown(engine_, SHUT_WR); }
    void print(const std::string& text) const { ::send(engine_, text.data(), text.size(), MSG_DONTWAIT); }
    bool is_closed() const { return ::send(engine_, "x", 1, MSG_NOSIGNAL) < 0; }

  private:
    boost::asio::io_context& context_;
    int ours_ = -1;
    int engine_ = -1;
};

class an_end : public testing::Test {
  protected:
    bool comes(const std::future<void>& wait) {
        return docker::test::run_handlers_until(
            context_, [&wait] { return wait.wait_for(0s) == std::future_status::ready; });
    }

    boost::asio::io_context context_{1};
};

TEST_F(an_end, is_awaited_until_the_stream_ends_and_the_stream_is_closed_then) {
    end_watch ends(1);
    ending_container container(context_);
    const auto wait = container.wait(ends);
    container.print("late output");
    context_.poll();
    EXPECT_NE(wait.wait_for(0s), std::future_status::ready);
    container.end();
    EXPECT_TRUE(comes(wait));
    EXPECT_TRUE(container.is_closed());
}

TEST_F(an_end, is_awaited_no_longer_than_its_patience) {
    end_watch ends(1);
    ending_container container(context_);
    EXPECT_TRUE(comes(container.wait(ends, 1ms)));
}

TEST_F(an_end, is_not_awaited_while_the_container_goes_on_printing) {
    end_watch ends(1);
    ending_container container(context_);
    const auto wait = container.wait(ends);
    container.print(std::string(100'000, 'x'));
    EXPECT_TRUE(comes(wait));
}

TEST_F(an_end, gives_way_to_a_later_one_when_too_many_are_awaited) {
    end_watch ends(1);
    ending_container first(context_);
    ending_container second(context_);
    const auto first_wait = first.wait(ends);
    context_.poll();
    const auto second_wait = second.wait(ends);
    EXPECT_TRUE(comes(first_wait));
    EXPECT_NE(second_wait.wait_for(0s), std::future_status::ready);
    ends.stop();
    EXPECT_TRUE(comes(second_wait));
}

TEST_F(an_end, gives_way_even_if_several_later_ones_come_at_once) {
    end_watch ends(1);
    ending_container first(context_);
    ending_container second(context_);
    ending_container third(context_);
    const auto first_wait = first.wait(ends);
    const auto second_wait = second.wait(ends);
    const auto third_wait = third.wait(ends);
    EXPECT_TRUE(comes(first_wait));
    EXPECT_TRUE(comes(second_wait));
    EXPECT_NE(third_wait.wait_for(0s), std::future_status::ready);
    ends.stop();
    EXPECT_TRUE(comes(third_wait));
}

TEST_F(an_end, is_not_awaited_after_a_stop) {
    end_watch ends(1);
    ends.stop();
    ending_container container(context_);
    EXPECT_TRUE(comes(container.wait(ends)));
}

} // namespace
} // namespace docker_run
