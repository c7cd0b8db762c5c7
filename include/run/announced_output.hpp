#pragma once

#include "run/plain_output.hpp"
#include "run/run_events.hpp"
#include "run/run_outcome.hpp"

namespace docker_run {

/// The output of a container that cannot be passed on while its program runs. The receiver of the run only
/// learns that the run has started: when the first byte comes, or two seconds after the payload was taken.
class announced_output final : public plain_output {
  public:
    /// `events` must outlive it. `so_far`: the timings of the run when it gets its payload.
    announced_output(std::size_t limit, run_events& events, const run_timings& so_far)
        : plain_output(limit), events_(events), so_far_(so_far) {}

    boost::asio::awaitable<void> take(std::string_view bytes) override;
    boost::asio::awaitable<void> payload_taken() override;
    bool is_untouched() const noexcept override { return !is_announced_ && plain_output::is_untouched(); }

  private:
    void announce();

    run_events& events_;
    run_timings so_far_;
    bool is_announced_ = false;
};

} // namespace docker_run
