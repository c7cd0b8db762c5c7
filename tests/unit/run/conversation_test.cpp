#include "async/pause.hpp"
#include "docker/attached_stream.hpp"
#include "docker/stream_frame.hpp"
#include "run/conversation.hpp"
#include "run/plain_output.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace docker_run {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Counts pieces, and is busy with the first one until a given time.
class test_output : public plain_output {
  public:
    test_output() : plain_output(1U << 24U) {}

    asio::awaitable<void> take(std::string_view bytes) override {
        ++pieces;
        const auto left = busy_until - std::chrono::steady_clock::now();
        if (left.count() > 0)
            co_await pause(std::chrono::ceil<std::chrono::milliseconds>(left));
        co_await plain_output::take(bytes);
    }
    std::chrono::milliseconds late_time() const noexcept override { return late; }

    int pieces = 0;
    std::chrono::steady_clock::time_point busy_until{};
    std::chrono::milliseconds late{0};
};

/// Sends each text, then nothing more.
class scripted_input : public run_input {
  public:
    explicit scripted_input(std::vector<std::string> texts) : texts_(std::move(texts)) {}

    asio::awaitable<std::string> next() override {
        if (next_ == texts_.size())
            co_return "";
        if (texts_[next_] == "fails")
            throw std::runtime_error("no input");
        co_return texts_[next_++];
    }

  private:
    std::vector<std::string> texts_;
    std::size_t next_ = 0;
};

class conversation : public test::attached_stream {
  protected:
    void begin(std::string payload, std::chrono::milliseconds time = 10s) {
        asio::co_spawn(context_, talk(open(), std::move(payload), std::chrono::steady_clock::now() + time),
                       asio::detached);
        context_.poll(); // writes as much of the payload as fits
    }

    asio::awaitable<void> talk(docker::attachment stream, std::string payload,
                               std::chrono::steady_clock::time_point deadline) {
        const container_input input{"", payload, more_};
        result_ = co_await converse(stream, input, output_, deadline);
    }

    void print(const std::string& text) {
        const auto frame = test::stream_frame(1, text);
        ASSERT_EQ(::send(engine_, frame.data(), frame.size(), 0), static_cast<ssize_t>(frame.size()));
    }

    /// What a read of the engine's side gives.
    std::string received() {
        std::array<char, 64> bytes{};
        const auto size = ::recv(engine_, bytes.data(), bytes.size(), MSG_DONTWAIT);
        return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
    }

    run_failure failure() {
        return std::get<run_failure>(output_.result(result_, std::nullopt, {1U << 24U, 0}));
    }

    run_input* more_ = nullptr;
    test_output output_;
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
    EXPECT_EQ(output_.pieces, 1);
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
    EXPECT_THAT(failure().message, testing::HasSubstr("trailing data"));
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

TEST_F(conversation, passes_on_what_follows_the_payload_and_then_closes_stdin) {
    scripted_input input({"one", "two"});
    more_ = &input;
    begin("payload");
    EXPECT_EQ(received() + received() + received(), "payloadonetwo");
    EXPECT_EQ(::recv(engine_, nullptr, 0, MSG_DONTWAIT), 0) << "stdin is closed";
    print("{}");
    context_.run();
    EXPECT_EQ(result_.end, conversation_end::settled);
}

TEST_F(conversation, ends_when_the_input_fails) {
    scripted_input input({"fails"});
    more_ = &input;
    std::string reason;
    const auto caught = [&reason](const std::exception_ptr& error) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& known) {
            reason = known.what();
        }
    };
    asio::co_spawn(context_, talk(open(), "payload", std::chrono::steady_clock::now() + 10s), caught);
    context_.run();
    EXPECT_EQ(reason, "no input");
}

TEST_F(conversation, reads_on_after_the_deadline_what_a_slow_receiver_has_held_up) {
    constexpr auto time = 500ms;
    output_.busy_until = std::chrono::steady_clock::now() + 2 * time;
    output_.late = 10s;
    print("{\"a\":");
    begin("payload", time);
    print("1}");
    context_.run();
    EXPECT_EQ(result_.end, conversation_end::settled);
}

TEST_F(conversation, does_not_wait_for_output_after_the_deadline) {
    output_.late = 10s;
    begin("payload", 0s);
    context_.run();
    EXPECT_EQ(result_.end, conversation_end::deadline);
}

} // namespace
} // namespace docker_run
