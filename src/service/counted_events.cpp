#include "service/counted_events.hpp"

namespace docker_run {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

counted_events::~counted_events() {
    if (has_started_)
        metrics_.live_run_ended();
}

void counted_events::started(const run_timings& so_far, bool is_live) {
    has_started_ = true;
    metrics_.live_run_started(clock::now() - begun_);
    receiver_.started(so_far, is_live);
}

asio::awaitable<void> counted_events::printed(output_channel channel, std::string_view bytes,
                                              clock::time_point until) {
    const auto before = clock::now();
    co_await receiver_.printed(channel, bytes, until);
    bytes_ += bytes.size();
    metrics_.live_output_passed(bytes.size(), clock::now() - before);
}

} // namespace docker_run
