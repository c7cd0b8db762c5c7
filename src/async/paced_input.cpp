#include "async/paced_input.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace docker_run {

void paced_input::give_way() {
    boost::asio::post(strand_, [self = shared_from_this()] {
        if (self->ended_)
            return;
        self->has_given_way_ = true;
        self->interrupt_();
    });
}

void paced_input::received(std::size_t size, clock::time_point now) {
    const std::chrono::duration<double> earned(static_cast<double>(size) / least_input_rate);
    const auto later = due() + std::chrono::duration_cast<clock::duration>(earned);
    due_.store(std::min(now + input_patience, later), std::memory_order_relaxed);
}

} // namespace docker_run
