#include "system/held_signals.hpp"

#include <csignal>
#include <initializer_list>

namespace docker_run {

namespace {

void mask_signals(int operation) noexcept {
    sigset_t all{};
    ::sigemptyset(&all);
    for (const int each : {SIGTERM, SIGINT, SIGHUP})
        ::sigaddset(&all, each);
    ::pthread_sigmask(operation, &all, nullptr);
}

} // namespace

void hold_signals() noexcept {
    mask_signals(SIG_BLOCK);
}

void release_signals() noexcept {
    mask_signals(SIG_UNBLOCK);
}

} // namespace docker_run
