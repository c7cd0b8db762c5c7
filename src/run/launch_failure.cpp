#include "run/launch_failure.hpp"

#include "container/launcher.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace docker_run {

namespace {

/// Podman answers 500 even for a missing image, so recognise it by its message.
bool says_no_such_image(std::string_view message) {
    constexpr std::string_view words = "no such image";
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
    return message.size() >= words.size() && std::ranges::equal(message.substr(0, words.size()), words, same);
}

/// Podman creates the container's process at attach, so these attach errors are the ones that Docker reports
/// at start.
bool is_start(const launch_error& launch) {
    constexpr std::string_view words = "preparing container ";
    return launch.stage() == launch_stage::start ||
           (launch.stage() == launch_stage::attach && std::string_view(launch.what()).starts_with(words));
}

} // namespace

run_failure launch_failure(const docker::engine_error& error) {
    const std::string reason = error.what();
    if (error.fault() == docker::engine_fault::unreachable)
        return {run_error::unix_socket, "Unix socket failure: " + reason};
    const auto* launch = dynamic_cast<const launch_error*>(&error);
    if (launch && is_start(*launch))
        return {run_error::start_failed, "Failed to start container: " + reason};
    if (launch && launch->stage() == launch_stage::attach)
        return {run_error::attach_failed, "Failed to attach to container: " + reason};
    // The engine reports a missing mount source this way. The daemon chose the mount, so it is never the
    // caller's fault.
    if (reason.find("bind source path does not exist") != std::string::npos)
        return {run_error::create_failed,
                "Failed to create container: the engine's host lacks a path that DOCKER_CONTAINER_MOUNTS or "
                "DOCKER_STOCK_RUNNER_PATH names: " +
                    reason};
    const bool refused = error.is_client_error() || says_no_such_image(reason);
    return {refused ? run_error::image_refused : run_error::create_failed,
            "Failed to create container: " + reason};
}

bool nothing_was_created(const docker::engine_error& error) {
    const auto* launch = dynamic_cast<const launch_error*>(&error);
    if (error.fault() == docker::engine_fault::unreachable)
        return !launch || launch->stage() == launch_stage::create;
    return error.fault() == docker::engine_fault::broken && !launch; // a query before the create call
}

run_failure engine_away(const docker::engine_error& error) {
    return {run_error::engine_away, std::string("Not ready: the engine does not answer: ") + error.what() +
                                        "; no container was created, try again elsewhere"};
}

run_failure image_not_allowed(const std::string& reference) {
    return {run_error::image_refused, "Failed to create container: image is not allowed: " + reference};
}

run_failure live_output_unsupported() {
    return {run_error::unsupported,
            "The image's runner cannot pass output on while a program runs, which the "
            "request needs; no container was created"};
}

run_failure interactive_unsupported() {
    return {run_error::unsupported,
            "The image has no interactive runs: its runner cannot pass input on while a program runs, or the "
            "policy does not grant them; no container was created"};
}

run_failure not_admitted(bool draining) {
    if (draining)
        return {run_error::draining,
                "The server is shutting down; no container was created, try again elsewhere"};
    return {run_error::overloaded, "All workers are busy; no container was created, try again later"};
}

run_failure interactive_places_are_used() {
    return {run_error::overloaded,
            "All places for interactive runs are taken; no container was created, try again later"};
}

run_failure share_is_used(const caller_share& share) {
    const auto show = [](std::size_t number) {
        return number == caller_share::unbounded ? std::string("any number") : std::to_string(number);
    };
    return {run_error::share_used,
            "The share of this token is used up: " + show(share.runs) + " may run and " + show(share.queue) +
                " may wait; no container was created, wait for one of them to end and try "
                "again"};
}

} // namespace docker_run
