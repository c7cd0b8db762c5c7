#include "docker/attached_stream.hpp"
#include "docker/stream_frame.hpp"
#include "run/conversation.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <string>
#include <thread>
#include <utility>

namespace docker_run {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

class conversation : public test::attached_stream {
  protected:
    void begin(std::string payload, std::chrono::seconds time = 10s) {
        asio::co_spawn(context_, talk(open(), std::move(payload), std::chrono::steady_clock::now() + time),
                       asio::detached);
        context_.poll(); // writes as much of the payload as fits
    }

    asio::awaitable<void> talk(docker::attachment stream, std::string payload,
                               std::chrono::steady_clock::time_point deadline) {
        result_ = co_await converse(stream, payload, output_, deadline);
    }

    void print(const std::string& text) {
        const auto frame = test::stream_frame(1, text);
        ASSERT_EQ(::send(engine_, frame.data(), frame.size(), 0), static_cast<ssize_t>(frame.size()));
    }

    run_output output_{1U << 24U};
    conversation_result result_;
};

TEST_F(conversation, ends_when_the_output_is_settled_even_if_the_payload_is_not_taken) {
    begin(std::string(16U << 20U, 'x'));
    print("{}");
    context_.run();
    EXPECT_EQ(result_.end, conversation_end::settled);
    EXPECT_FALSE(result_.payload_taken);
    EXPECT_EQ(result_.failure, "") << "a write that was cut off by the end has not failed";
}

TEST_F(conversation, says_why_reading_ended_where_that_cut_the_payload_off) {
    begin(std::string(16U << 20U, 'x'));
    ::shutdown(engine_, SHUT_WR);
    context_.run();
    EXPECT_EQ(result_.end, conversation_end::end_of_stream);
    EXPECT_FALSE(result_.payload_taken);
    EXPECT_EQ(result_.failure, "End of file");
}

TEST_F(conversation, hands_the_payload_over_and_closes_stdin) {
    print("{");
    begin("payload");
    std::array<char, 16> received{};
    EXPECT_EQ(::recv(engine_, received.data(), received.size(), 0), 7);
    EXPECT_EQ(::recv(engine_, received.data(), received.size(), 0), 0) << "stdin is closed";
    ::shutdown(engine_, SHUT_WR);
    context_.run();
    EXPECT_EQ(result_.end, conversation_end::end_of_stream);
    EXPECT_TRUE(result_.payload_taken);
    EXPECT_EQ(output_.object().text(), "{");
}

TEST_F(conversation, ends_at_its_deadline) {
    begin("payload", 0s);
    context_.run();
    EXPECT_EQ(result_.end, conversation_end::deadline);
}

TEST_F(conversation, reads_what_can_be_read_at_once_after_the_output_is_settled) {
    print("{}");
    print("trailing");
    begin("payload");
    context_.run();
    EXPECT_EQ(result_.end, conversation_end::settled);
    EXPECT_EQ(output_.what(), run_output::fault::trailing_text);
}

TEST_F(conversation, reads_while_it_writes_so_that_neither_side_waits_for_the_other) {
    constexpr std::size_t much = 8U << 20U; // above every buffer in between
    std::size_t received = 0;
    std::jthread program([this, &received] {
        print("{\"text\":\"" + std::string(much, 'o'));
        std::string input(64U << 10U, '\0');
        for (ssize_t size = 1; size > 0; received += static_cast<std::size_t>(size))
            size = ::recv(engine_, input.data(), input.size(), 0);
        ::shutdown(engine_, SHUT_WR);
    });
    begin(std::string(much, 'p'));
    context_.run();
    program.join();
    EXPECT_EQ(result_.end, conversation_end::end_of_stream);
    EXPECT_TRUE(result_.payload_taken);
    EXPECT_EQ(received, much);
}

} // namespace
} // namespace docker_run
