#include "api/input_queue.hpp"

#include <chrono>
#include <utility>

namespace docker_run {

namespace asio = boost::asio;

namespace {

constexpr auto for_ever = std::chrono::steady_clock::time_point::max();

} // namespace

asio::awaitable<void> input_queue::wait_for_room() {
    while (on_their_way() >= input_capacity) {
        room_.reset();
        co_await room_.wait(for_ever);
    }
}

void input_queue::push(std::string frames) {
    if (frames_.empty())
        frames_ = std::move(frames);
    else
        frames_ += frames;
    if (!frames_.empty())
        news_.set();
}

asio::awaitable<std::string> input_queue::next() {
    taken_ = 0;
    room_.set();
    while (frames_.empty()) {
        news_.reset();
        co_await news_.wait(for_ever);
    }
    taken_ = frames_.size();
    co_return std::exchange(frames_, {});
}

} // namespace docker_run
