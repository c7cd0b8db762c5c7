#include "http/arriving_body.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace docker_run::http {

void arriving_body::give_way() {
    const auto source = source_.lock();
    if (!source)
        return;
    boost::asio::post(source->get_executor(), [self = shared_from_this(), source] {
        if (self->ended_)
            return;
        self->has_given_way_ = true;
        source->expires_within(connection::clock::duration::zero());
    });
}

void arriving_body::received(std::size_t size, clock::time_point now) {
    const std::chrono::duration<double> earned(static_cast<double>(size) / least_body_rate);
    const auto later = due() + std::chrono::duration_cast<clock::duration>(earned);
    due_.store(std::min(now + body_patience, later), std::memory_order_relaxed);
}

} // namespace docker_run::http
