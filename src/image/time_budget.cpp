#include "image/time_budget.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace docker_run {

using namespace std::chrono_literals;

namespace {

/// Covers the pool's tick, output of a live run that is read late, the wait for a container's exit and the
/// wait for a removal's permit: at most one second each. The rest is for clocks that count whole seconds and
/// for a busy host.
constexpr auto slack = 10s;
/// Extra time of a run for its container's create and start.
constexpr auto launch_time = 2s;
constexpr auto least_stop_margin = 5s;
constexpr auto default_stop_margin = 15s;

/// The longest time of a heavy call. If the engine may have been replaced, the call asks for its version
/// first.
std::chrono::seconds call_at_longest(const docker::call_limits& calls) {
    return calls.small + calls.heavy;
}

} // namespace

std::chrono::milliseconds time_budget::runner() const {
    const std::chrono::milliseconds all = run_;
    return all - std::max<std::chrono::milliseconds>(100ms, all / 50);
}

std::chrono::seconds time_budget::cpu(double cpus) const {
    const auto seconds = std::ceil(static_cast<double>(run_.count()) * cpus);
    return std::chrono::seconds(static_cast<std::int64_t>(seconds) + 1);
}

std::chrono::seconds time_budget::container_life(const docker::call_limits& calls,
                                                 std::chrono::seconds max_idle,
                                                 std::chrono::seconds interactive_time) const {
    const auto launch = 3 * call_at_longest(calls); // create, attach, start
    const auto image_look_up = 2 * calls.small;     // before it waits in the pool
    const auto inspection = 2 * calls.small;        // after its end
    const auto removal = call_at_longest(calls);
    return launch + image_look_up + max_idle + run_ + interactive_time + inspection + removal + slack;
}

std::chrono::seconds time_budget::drain() const {
    return run_ + launch_time + clean_up_time;
}

std::chrono::seconds time_budget::least_stop() const {
    return run_ + least_stop_margin;
}

std::chrono::seconds time_budget::default_stop() const {
    return run_ + default_stop_margin;
}

std::chrono::seconds longest_creation(const docker::call_limits& calls) {
    return 3 * call_at_longest(calls) + slack;
}

} // namespace docker_run
