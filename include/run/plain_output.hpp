#pragma once

#include "run/container_output.hpp"
#include "run/run_output.hpp"

#include <cstddef>

namespace docker_run {

/// The output of a container that prints one JSON object, which goes to the caller when it is complete.
class plain_output : public container_output {
  public:
    /// `limit`: as of run_output.
    explicit plain_output(std::size_t limit) : output_(limit) {}

    boost::asio::awaitable<void> take(std::string_view bytes) override {
        output_.feed(bytes);
        co_return;
    }
    bool settled() const noexcept override { return output_.settled(); }
    bool is_untouched() const noexcept override { return output_.empty(); }
    bool is_complete() const noexcept override { return output_.object().is_complete(); }
    run_result result(const conversation_result& talk, const std::optional<docker::container_state>& state,
                      const verdict_limits& limits) override {
        return verdict_of(talk, output_, state, limits);
    }

  private:
    run_output output_;
};

} // namespace docker_run
