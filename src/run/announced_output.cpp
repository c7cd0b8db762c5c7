#include "run/announced_output.hpp"

#include "async/pause.hpp"

#include <utility>

namespace docker_run {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// A caller that hears nothing for longer may give up.
constexpr std::chrono::milliseconds announcement_delay = 2s;

} // namespace

asio::awaitable<void> announced_output::take(std::string_view bytes) {
    announce();
    co_await plain_output::take(bytes);
}

asio::awaitable<void> announced_output::payload_taken() {
    co_await pause(announcement_delay);
    announce();
}

void announced_output::announce() {
    if (!std::exchange(is_announced_, true))
        events_.started(so_far_, false);
}

} // namespace docker_run
