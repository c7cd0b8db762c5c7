#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

namespace docker_run {

// The protocols of systemd that a service needs: sd_listen_fds(3), sd_notify(3) and sd_watchdog_enabled(3).
// systemd keeps them stable, and other service managers use them too.

/// Why the inherited socket cannot be used: a sentence for the operator.
struct inherited_socket_fault {
    std::string reason;
};

/// Takes the listening socket that a service manager passed to this process. Returns nothing if none was
/// passed, and a fault if more than one was passed or it is not a listening TCP socket. The caller owns the
/// descriptor. Call it once, before any thread starts: it removes the variables of the protocol from the
/// environment.
std::variant<std::optional<int>, inherited_socket_fault> take_inherited_socket();

/// Whether a service manager wants to know the state of this process.
bool has_service_manager();

/// Sends assignments such as "READY=1\nSTATUS=Serving" to the service manager, if there is one. Never waits:
/// a message for which the manager has no room is lost. Thread-safe while nobody changes the environment.
void notify_service_manager(const std::string& assignments);

/// The time after which the service manager ends a process that has not sent WATCHDOG=1. Nothing if it does
/// not watch this process.
std::optional<std::chrono::microseconds> watchdog_time();

} // namespace docker_run
