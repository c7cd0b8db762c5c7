#include "api/input_queue.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace docker_run {
namespace {

namespace asio = boost::asio;

class input_queue_test : public testing::Test {
  protected:
    asio::awaitable<void> read_into(std::vector<std::string>& taken, int times) {
        for (; times > 0; --times) {
            auto frames = co_await queue_.next();
            taken.push_back(std::move(frames));
        }
    }

    asio::awaitable<void> count_rooms(int& rooms) {
        co_await queue_.wait_for_room();
        ++rooms;
    }

    void start(asio::awaitable<void> work) {
        asio::co_spawn(context_, std::move(work), asio::detached);
        context_.poll();
    }

    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> open_{context_.get_executor()};
    input_queue queue_;
};

TEST_F(input_queue_test, gives_all_that_has_come_in_order) {
    queue_.push("a");
    queue_.push("");
    queue_.push("b");
    std::vector<std::string> taken;
    start(read_into(taken, 2));
    EXPECT_EQ(taken, std::vector<std::string>{"ab"}) << "and waits for more";
    queue_.push("c");
    context_.poll();
    EXPECT_EQ(taken, (std::vector<std::string>{"ab", "c"}));
}

TEST_F(input_queue_test, has_no_room_until_the_program_has_taken_the_input) {
    queue_.push(std::string(input_capacity - 1, 'x'));
    int rooms = 0;
    start(count_rooms(rooms));
    EXPECT_EQ(rooms, 1) << "one byte has room";
    queue_.push("x");
    start(count_rooms(rooms));
    std::vector<std::string> taken;
    start(read_into(taken, 1));
    EXPECT_EQ(rooms, 1) << "what is being written to the program is still on its way";
    start(read_into(taken, 1));
    EXPECT_EQ(rooms, 2);
    queue_.push("y"); // ends the last read
    context_.poll();
}

} // namespace
} // namespace docker_run
