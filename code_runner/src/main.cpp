#include "child_reaper.hpp"
#include "failure.hpp"
#include "input.hpp"
#include "process.hpp"
#include "recipe.hpp"
#include "request_runner.hpp"
#include "runner_settings.hpp"
#include "system_call_filter.hpp"
#include "work_directory.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <exception>
#include <string>
#include <string_view>

namespace {

using namespace code_runner;

/// Closes everything except stdin, stdout and stderr, and opens /dev/null for each of these that is closed.
void tidy_descriptors() {
    ::close_range(3, UINT_MAX, 0);
    int fd = 0;
    do
        fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    while (fd >= 0 && fd <= STDERR_FILENO);
    ::close(fd);
}

/// Writes pieces of PIPE_BUF bytes: a pipe that poll(2) reports as writable takes that much without blocking.
bool write_all(int descriptor, std::string_view text) {
    constexpr int patience_milliseconds = 10'000;
    while (!text.empty()) {
        pollfd output{.fd = descriptor, .events = POLLOUT, .revents = 0};
        if (::poll(&output, 1, patience_milliseconds) == 0)
            return false;
        const ssize_t count = ::write(descriptor, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
        if (count < 0 && errno != EINTR && errno != EAGAIN)
            return false;
        text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    return true;
}

/// Fails on a kernel that cannot filter, unless the operator allows programs to run on it.
void filter_programs(const runner_settings& settings) {
    try {
        filter_system_calls();
    } catch (const failure&) {
        if (!settings.runs_unfiltered)
            throw;
    }
}

std::string serve(const runner_settings& settings, child_reaper& reaper) {
    enter_work_directory(settings.work_path);
    const image_recipe recipe = load_recipe(settings.recipe_path);
    const program_launcher launcher; // opens a file that belongs to root after PR_SET_DUMPABLE
    // Denies programs ptrace(2), pidfd_getfd(2) and access to the runner's /proc/PID/{fd,mem,environ}.
    ::prctl(PR_SET_DUMPABLE, 0);
    filter_programs(settings);

    request_runner runner{settings, recipe, launcher, reaper};
    return runner.answer(read_document(STDIN_FILENO, settings.time_limit));
}

/// A closed pipe must not kill the runner: a write to it then only fails.
void ignore_broken_pipes() {
    ::signal(SIGPIPE, SIG_IGN);
}

} // namespace

int main(int argument_count, char** arguments) {
    tidy_descriptors();
    ignore_broken_pipes();
    try {
        const runner_settings settings = take_settings(argument_count, arguments);
        child_reaper reaper;
        try {
            return write_all(STDOUT_FILENO, serve(settings, reaper)) ? 0 : 1;
        } catch (...) {
            // Programs that were started early must not outlive the runner.
            reaper.end_all(std::chrono::steady_clock::now() + std::chrono::seconds{1});
            throw;
        }
    } catch (const std::exception& error) {
        write_all(STDERR_FILENO, std::string{error.what()} + "\n");
        return 1;
    }
}
