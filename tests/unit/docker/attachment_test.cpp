#include "docker/attached_stream.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace docker_run::docker {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

class an_attachment : public test::attached_stream {
  protected:
    /// Reads once and stores the bytes and the error.
    void read_once(attachment& stream) {
        asio::co_spawn(context_, read(stream), asio::detached);
        context_.restart();
        context_.run();
    }

    asio::awaitable<void> read(attachment& stream) { bytes_ = co_await stream.read(error_); }

    /// Fills the connection until nothing more fits. Returns the number of bytes.
    std::size_t fill() {
        const std::string output(64U << 10U, 'o');
        std::size_t all = 0;
        for (ssize_t sent = 1; sent > 0; all += static_cast<std::size_t>(std::max<ssize_t>(sent, 0)))
            sent = ::send(engine_, output.data(), output.size(), MSG_DONTWAIT);
        return all;
    }

    std::string bytes_;
    boost::system::error_code error_;
};

TEST_F(an_attachment, returns_output_as_it_arrives) {
    auto stream = open();
    ASSERT_EQ(::send(engine_, "one", 3, 0), 3);
    read_once(stream);
    EXPECT_EQ(bytes_, "one");
    EXPECT_EQ(stream.read_available(), "");
    ASSERT_EQ(::send(engine_, "two", 3, 0), 3);
    EXPECT_EQ(stream.read_available(), "two");
}

TEST_F(an_attachment, returns_output_of_any_size_whole_and_in_order) {
    auto stream = open();
    for (const std::size_t size : {511U, 512U, 513U, 5000U, 1U}) {
        std::string output(size, 'a');
        output.back() = 'z';
        ASSERT_EQ(::send(engine_, output.data(), size, 0), static_cast<ssize_t>(size));
        read_once(stream);
        EXPECT_EQ(bytes_, output);
    }
}

TEST_F(an_attachment, takes_nothing_from_the_engine_between_two_reads) {
    auto stream = open();
    fill();
    read_once(stream);
    EXPECT_FALSE(bytes_.empty());
    EXPECT_LE(bytes_.size(), 32U << 10U) << "one read has a bound";
    fill();
    EXPECT_EQ(fill(), 0U) << "the engine waits for the next read";
}

TEST_F(an_attachment, says_that_its_deadline_has_passed) {
    auto stream = open();
    stream.expires_at(std::chrono::steady_clock::now());
    read_once(stream);
    EXPECT_EQ(error_, asio::error::timed_out);
}

TEST_F(an_attachment, says_that_the_output_has_ended) {
    auto stream = open();
    stream.expires_at(std::chrono::steady_clock::now() + 10s);
    ::shutdown(engine_, SHUT_WR);
    read_once(stream);
    EXPECT_EQ(error_, asio::error::eof);
}

TEST_F(an_attachment, is_the_same_connection_on_another_thread) {
    asio::io_context other;
    auto here = open();
    auto there = here.moved_to(other.get_executor());
    EXPECT_TRUE(there.is_waiting());
    ASSERT_EQ(::send(engine_, "{", 1, 0), 1);
    EXPECT_FALSE(there.is_waiting());
}

} // namespace
} // namespace docker_run::docker
