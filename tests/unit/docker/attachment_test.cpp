#include "docker/attachment.hpp"
#include "docker/engine_error.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>
#include <utility>

namespace docker_run::docker {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

class attached : public testing::Test {
  protected:
    attached() {
        std::array<int, 2> pair{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()), 0);
        engine_ = pair[1];
        ours_ = pair[0];
    }
    ~attached() override { ::close(engine_); }

    attachment open() {
        return attachment({unix_stream(context_, asio::local::stream_protocol(), ours_), {}});
    }

    asio::awaitable<void> talk(attachment stream, std::string payload) {
        const auto deadline = std::chrono::steady_clock::now() + 10s;
        const auto listen = [](std::string_view) { return true; };
        said_ = co_await stream.converse(payload, listen, deadline);
    }

    asio::io_context context_;
    int ours_ = -1;
    int engine_ = -1;
    conversation_result said_;
};

TEST_F(attached, says_why_reading_ended_where_that_cut_the_payload_off) {
    asio::co_spawn(context_, talk(open(), std::string(16U << 20U, 'x')), asio::detached);
    context_.poll(); // as much of the payload as fits
    ::shutdown(engine_, SHUT_WR);
    context_.run();
    EXPECT_EQ(said_.end, conversation_end::end_of_stream);
    EXPECT_FALSE(said_.payload_taken);
    EXPECT_EQ(said_.failure, "End of file");
}

TEST_F(attached, takes_the_bytes_of_the_engine_and_hands_over_the_payload) {
    ASSERT_EQ(::send(engine_, "{}", 2, 0), 2);
    asio::co_spawn(context_, talk(open(), "payload"), asio::detached);
    context_.poll();
    std::array<char, 16> received{};
    EXPECT_EQ(::recv(engine_, received.data(), received.size(), 0), 7);
    EXPECT_EQ(::recv(engine_, received.data(), received.size(), 0), 0) << "stdin is closed";
    ::shutdown(engine_, SHUT_WR);
    context_.run();
    EXPECT_EQ(said_.end, conversation_end::end_of_stream);
    EXPECT_TRUE(said_.payload_taken);
}

TEST_F(attached, listens_while_it_writes_so_that_neither_side_waits_for_the_other) {
    constexpr std::size_t much = 8U << 20U; // above every buffer in between
    std::size_t received = 0;
    std::jthread program([this, &received] {
        const std::string output(much, 'o');
        ASSERT_EQ(::send(engine_, output.data(), output.size(), 0), static_cast<ssize_t>(much));
        std::string input(64U << 10U, '\0');
        for (ssize_t size = 1; size > 0; received += static_cast<std::size_t>(size))
            size = ::recv(engine_, input.data(), input.size(), 0);
        ::shutdown(engine_, SHUT_WR);
    });
    asio::co_spawn(context_, talk(open(), std::string(much, 'p')), asio::detached);
    context_.run();
    program.join();
    EXPECT_EQ(said_.end, conversation_end::end_of_stream);
    EXPECT_TRUE(said_.payload_taken);
    EXPECT_EQ(received, much);
}

TEST_F(attached, is_the_same_connection_on_another_thread) {
    asio::io_context other;
    auto here = open();
    auto there = here.moved_to(other.get_executor());
    EXPECT_TRUE(there.is_waiting());
    ASSERT_EQ(::send(engine_, "{", 1, 0), 1);
    EXPECT_FALSE(there.is_waiting());
}

} // namespace
} // namespace docker_run::docker
