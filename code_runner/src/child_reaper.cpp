#include "child_reaper.hpp"

#include "failure.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>

namespace code_runner {

using clock = std::chrono::steady_clock;

child_reaper::child_reaper() {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);

    sigset_t child_ended;
    sigemptyset(&child_ended);
    sigaddset(&child_ended, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &child_ended, nullptr);
    signals_ = unique_fd{::signalfd(-1, &child_ended, SFD_CLOEXEC | SFD_NONBLOCK)};
    if (!signals_)
        throw system_failure("Failed to create a signalfd", errno);
}

bool child_reaper::reap() {
    // Empty the descriptor before reaping: a child that ends in between makes it readable again.
    signalfd_siginfo ignored;
    while (::read(signals_.get(), &ignored, sizeof ignored) > 0)
        continue;
    bool any = false;
    while (reap_one())
        any = true;
    return any;
}

bool child_reaper::reap_one() {
    int status = 0;
    rusage used{};
    const pid_t child = ::wait4(-1, &status, WNOHANG, &used);
    has_children_ = child >= 0 || errno != ECHILD;
    if (child <= 0)
        return false;
    const auto resident_set = static_cast<std::uint64_t>(used.ru_maxrss) * 1024; // kibibytes, getrusage(2)
    largest_resident_set_ = std::max(largest_resident_set_, resident_set);
    if (const auto watched = watched_.find(child); watched != watched_.end() && !watched->second)
        watched->second = status;
    return true;
}

std::optional<int> child_reaper::status_of(pid_t child) const {
    const auto watched = watched_.find(child);
    return watched == watched_.end() ? std::nullopt : watched->second;
}

void child_reaper::end(pid_t child, clock::time_point deadline) {
    reap();
    if (status_of(child))
        return;
    ::kill(child, SIGKILL);
    do
        reap();
    while (!status_of(child) && wait_until(deadline));
}

void child_reaper::end_all(clock::time_point deadline) {
    do {
        kill_all();
        // A reaped process may have left children that were not killed yet.
        while (reap() && clock::now() < deadline)
            kill_all();
    } while (has_children_ && wait_until(deadline));
}

/// If the runner is not PID 1, only its direct children are known to belong to it. The orphans that they
/// leave become its children and are killed in the next round.
void child_reaper::kill_all() const {
    if (::getpid() == 1) {
        ::kill(-1, SIGKILL);
        return;
    }

    const unique_fd list{::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC)};
    std::string text;
    char buffer[4096];
    ssize_t count = 0;
    while ((count = ::read(list.get(), buffer, sizeof buffer)) > 0)
        text.append(buffer, static_cast<std::size_t>(count));

    const char* position = text.c_str();
    char* end = nullptr;
    for (long child = std::strtol(position, &end, 10); end != position;
         child = std::strtol(position, &end, 10)) {
        ::kill(static_cast<pid_t>(child), SIGKILL);
        position = end;
    }
}

bool child_reaper::wait_until(clock::time_point deadline) const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()).count();
    if (left <= 0)
        return false;
    pollfd signals{.fd = signals_.get(), .events = POLLIN, .revents = 0};
    return ::poll(&signals, 1, static_cast<int>(std::min<long>(left, 1000))) >= 0 || errno == EINTR;
}

} // namespace code_runner
