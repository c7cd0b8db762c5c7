#include "container/container_lifetime.hpp"

namespace docker_run {

using namespace std::chrono_literals;

namespace {

/// The pool's tick, the wait for a container's exit, the wait for a removal's permit: a second each at most.
/// The rest is for clocks that count whole seconds, and for a host that is busy.
constexpr auto slack = 10s;

/// A call to an engine that may have been replaced asks it for its version first.
std::chrono::seconds call_at_longest(const docker::call_limits& calls) {
    return calls.small + calls.heavy;
}

} // namespace

std::chrono::seconds longest_life(const docker::call_limits& calls, std::chrono::seconds max_idle,
                                  std::chrono::seconds max_execution_time) {
    const auto launch = 3 * call_at_longest(calls); // create, attach, start
    const auto image_look_up = 2 * calls.small;     // before it waits in the pool
    const auto inspection = 2 * calls.small;        // after its end
    const auto removal = call_at_longest(calls);
    return launch + image_look_up + max_idle + max_execution_time + inspection + removal + slack;
}

std::chrono::seconds longest_creation(const docker::call_limits& calls) {
    return 3 * call_at_longest(calls) + slack;
}

} // namespace docker_run
